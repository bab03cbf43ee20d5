"""The proof of isolation: call a function as everybody, for everybody, and look who gets what.

Every call is rolled back. What is due in each cell, and what a wrong answer means, is decided in
`matrix`; nothing is decided here.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from toolkit.connect import Connection
from toolkit.verify.calling import acting_as, call
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations, Isolation
from toolkit.verify.matrix import MALFORMED, Answer, Call, Matrix, is_vacuous, judge, make_callers
from toolkit.verify.subject import (
    Subject,
    Unprovable,
    delete_sample,
    delete_tenant,
    read_subject,
)

_FEWEST_TENANTS = 3


def prove_isolation(
    connection: Connection,
    declarations: Declarations,
    declared: Isolation,
    *,
    may_delete: bool = False,
) -> Check:
    """Prove that one function answers a tenant for itself and for nobody else.

    Args:
        connection: inside a transaction, with nothing on the search path; as a role that may
            become each role of the API.
        declarations: the tenant in names.
        declared: which function.
        may_delete: whether the declared deletions may be run: not on a target, where they would
            hold locks until all is rolled back.

    Returns:
        Skipped where there are fewer than three tenants, or none of them owns anything; of more
        than three, three are called for, and a fourth is deleted. With one role for those who
        signed in: 72 to 91 calls, or about 350 when the function takes further arguments.
    """
    with connection.transaction(force_rollback=True):
        return _prove(connection, declarations, declared, may_delete=may_delete)


def _prove(
    connection: Connection, declarations: Declarations, declared: Isolation, *, may_delete: bool
) -> Check:
    name = f"isolation {declared.function}"
    claim = f"{declared.function} answers a tenant for itself and for nobody else."
    try:
        subject = read_subject(connection, declarations, declared)
        gone: tuple[str, ...] = ()
        if may_delete and len(subject.tenants) > _FEWEST_TENANTS and declarations.tenant_deletion:
            *kept, last = subject.tenants
            subject, gone = replace(subject, tenants=tuple(kept)), (last,)
            delete_tenant(connection, declarations.tenant_deletion, last)
        subject = replace(subject, tenants=subject.tenants[:_FEWEST_TENANTS])
        if may_delete and subject.tenants and declared.deletion:
            subject = delete_sample(connection, declared, subject)
    except Unprovable as error:
        return judged(name, claim, [Finding(declared.function, error.detail, error.hint)])
    if len(subject.tenants) < _FEWEST_TENANTS:
        found = len(subject.tenants)
        return Check(name, claim, skipped=f"{_FEWEST_TENANTS} tenants are needed, found {found}")
    matrix = Matrix(
        declared.function,
        make_callers(declarations, subject.tenants, gone),
        subject.tenants,
        subject.absent,
        has_samples=bool(subject.samples),
        is_volatile=subject.function.is_volatile,
        gone=gone,
        odd_tenants=(MALFORMED,) if subject.malforms_tenant else (),
        odd_samples=subject.odd_samples,
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
    for caller, calls in groupby(matrix.calls(), key=lambda cell: cell.caller):
        with acting_as(connection, caller):
            for cell in calls:
                sample = subject.samples[cell.sample_of] if cell.sample_of is not None else {}
                arguments = {**sample, tenant_argument: cell.asked_for}
                yield cell, call(connection, subject.function, arguments)
