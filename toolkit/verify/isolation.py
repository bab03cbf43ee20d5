"""The proof of isolation: call a function as everybody, for everybody, and look who gets what.

Every call is rolled back. What is due in each cell, and what a wrong answer means, is decided in
`matrix`; nothing is decided here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

import psycopg

from toolkit.connect import Connection
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations, Isolation
from toolkit.verify.identity import as_role
from toolkit.verify.matrix import Answer, Call, Caller, Matrix, is_vacuous, judge, make_callers
from toolkit.verify.subject import Arguments, Function, Subject, Unprovable, read_subject

_FEWEST_TENANTS = 3
# Shorter values may well stand in a message by chance.
_TELLING_LENGTH = 8

_SAY_CLAIMS = """
    select
        pg_catalog.set_config('request.jwt.claims', %s, true),
        pg_catalog.set_config('request.jwt.claim.sub', '', true),
        pg_catalog.set_config('request.jwt.claim.role', '', true)
"""


def prove_isolation(
    connection: Connection, declarations: Declarations, declared: Isolation
) -> Check:
    """Prove that one function answers a tenant for itself and for nobody else.

    Args:
        connection: inside a transaction, with nothing on the search path; as a role that may
            become each role of the API.
        declarations: the tenant in names.
        declared: which function.

    Returns:
        Skipped where there are fewer than three tenants, or none of them owns anything. With t
        tenants and one role for those who signed in: (2t + 6)(t + 2) calls; t + 1 times as many
        when the function takes further arguments.
    """
    name = f"isolation {declared.function}"
    claim = f"{declared.function} answers a tenant for itself and for nobody else."
    try:
        subject = read_subject(connection, declarations, declared)
    except Unprovable as error:
        return judged(name, claim, [Finding(declared.function, error.detail, error.hint)])
    if len(subject.tenants) < _FEWEST_TENANTS:
        found = len(subject.tenants)
        return Check(name, claim, skipped=f"{_FEWEST_TENANTS} tenants are needed, found {found}")
    matrix = Matrix(
        declared.function,
        make_callers(declarations, subject.tenants),
        subject.tenants,
        subject.absent,
        has_samples=bool(subject.samples),
        is_volatile=subject.function.is_volatile,
    )
    answers = dict(_call_all(connection, matrix, subject, declared.tenant_argument))
    findings = judge(matrix, answers)
    if not findings and is_vacuous(matrix, answers):
        return Check(name, claim, skipped="no tenant is answered otherwise than an absent one")
    evidence = f"{len(answers)} calls by {len(matrix.callers)} callers"
    return judged(name, claim, findings, evidence)


def _call_all(
    connection: Connection, matrix: Matrix, subject: Subject, tenant_argument: str
) -> Iterator[tuple[Call, Answer]]:
    for caller, calls in groupby(matrix.calls(), key=lambda call: call.caller):
        with _acting_as(connection, caller):
            for call in calls:
                sample = subject.samples[call.sample_of] if call.sample_of is not None else {}
                arguments = {**sample, tenant_argument: call.asked_for}
                yield call, _call(connection, subject.function, arguments)


@contextmanager
def _acting_as(connection: Connection, caller: Caller) -> Iterator[None]:
    power = {"role": caller.pretends}
    identity = (
        as_role(
            connection,
            caller.role,
            caller.tenant,
            role=caller.pretends,
            app_metadata=power,
            user_metadata=power,
        )
        if caller.pretends
        else as_role(connection, caller.role, caller.tenant)
    )
    with identity:
        if caller.document is not None:
            connection.execute(_SAY_CLAIMS, [caller.document])
        yield


def _call(connection: Connection, function: Function, arguments: Arguments) -> Answer:
    typed = dict(zip(function.parameters, function.types, strict=True))
    passed = [(name, value) for name, value in arguments.items() if name in typed]
    notation = ", ".join(f'"{name}" => %s::{typed[name]}' for name, _ in passed)
    query = (
        f"select whole_answer::text "
        f"from {function.schema}.{function.name}({notation}) as whole_answer"
    )
    try:
        with connection.transaction(force_rollback=True):
            rows = connection.execute(query.encode(), [value for _, value in passed]).fetchall()
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return Answer(sqlstate=error.sqlstate, words=_words(error, arguments))
    return Answer(rows=tuple(str(row) for (row,) in rows))


def _words(error: psycopg.Error, arguments: Arguments) -> str:
    """Return what an error says, with a placeholder wherever it repeats an argument."""
    said = (error.diag.message_primary, error.diag.message_detail, error.diag.message_hint)
    words = " ".join(part for part in said if part)
    for name, value in arguments.items():
        if value is not None and len(value) >= _TELLING_LENGTH:
            words = words.replace(value, f"<{name}>")
    return words
