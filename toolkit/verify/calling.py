"""Calling a function as somebody: what every proof about callers does."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from toolkit.connect import Connection
from toolkit.verify.declarations import Declarations
from toolkit.verify.identity import as_role
from toolkit.verify.matrix import Answer, Caller
from toolkit.verify.subject import Arguments, Function

# Shorter values may well stand in a message by chance.
_TELLING_LENGTH = 8

_SAY_CLAIMS = """
    select
        pg_catalog.set_config('request.jwt.claims', %s, true),
        pg_catalog.set_config('request.jwt.claim.sub', '', true),
        pg_catalog.set_config('request.jwt.claim.role', '', true)
"""


@contextmanager
def acting_as(connection: Connection, caller: Caller) -> Iterator[None]:
    """Be one caller of a proof for the length of a block, of which nothing stays."""
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


def call(connection: Connection, function: Function, arguments: Arguments) -> Answer:
    """Call a function once, and take back what it wrote.

    Args:
        connection: as the caller, inside a transaction.
        function: which.
        arguments: values by parameter; what is no parameter is left out.

    Returns:
        Rows or error as the caller sees them, without what an error repeats of the arguments.
    """
    query, values = written_call(function, arguments)
    try:
        with connection.transaction(force_rollback=True):
            rows = connection.execute(query, values).fetchall()
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return Answer(sqlstate=error.sqlstate, words=_words(error, arguments))
    return Answer(rows=tuple(str(row) for (row,) in rows))


def owner_of(declarations: Declarations, signature: str, arguments: Arguments) -> Caller:
    """Return who may call a function with these arguments: the tenant asked for, or a service."""
    for declared in declarations.isolation:
        if declared.function == signature:
            tenant = arguments[declared.tenant_argument]
            return Caller("a tenant", declarations.signed_in_roles[0], tenant=tenant)
    return Caller("a service", declarations.service_role, is_service=True)


def written_call(
    function: Function, arguments: Arguments, answer: str = "whole_answer"
) -> tuple[bytes, list[str | None]]:
    """Write the statement that calls a function; no object of a caller's can get in its way.

    Args:
        function: which.
        arguments: values by parameter; what is no parameter is left out.
        answer: what to show of each row, `whole_answer`.
    """
    typed = dict(zip(function.parameters, function.types, strict=True))
    passed = [(name, value) for name, value in arguments.items() if name in typed]
    notation = ", ".join(f'"{name}" => %s::{typed[name]}' for name, _ in passed)
    query = (
        f"select ({answer})::pg_catalog.text "
        f"from {function.schema}.{function.name}({notation}) as whole_answer"
    )
    return query.encode(), [value for _, value in passed]


def _words(error: psycopg.Error, arguments: Arguments) -> str:
    """Return what an error says, with a placeholder wherever it repeats an argument."""
    said = (error.diag.message_primary, error.diag.message_detail, error.diag.message_hint)
    words = " ".join(part for part in said if part)
    for name, value in arguments.items():
        if value is not None and len(value) >= _TELLING_LENGTH:
            words = words.replace(value, f"<{name}>")
    return words
