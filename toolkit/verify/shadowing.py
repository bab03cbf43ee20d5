"""The proof against shadowing: a function answers alike, whatever its caller puts in its way.

Before the second call the caller owns a twin of everything the function names. A twin that is used
says so in an error.
"""

from dataclasses import dataclass

from psycopg import errors, sql

from toolkit.connect import Connection
from toolkit.verify.calling import acting_as, call
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations, Isolation
from toolkit.verify.matrix import Answer, Caller, same_answer
from toolkit.verify.subject import (
    Arguments,
    Function,
    Unprovable,
    read_function,
    read_subject,
    read_tenants,
    refuse_gaps,
)
from toolkit.verify.twins import HOSTILE_SCHEMA, make_twins, plan_twins, read_reach

_HINT = (
    "Qualify every name in its body, types as well: a caller's temporary type comes even before "
    "the one in pg_catalog."
)
# PL/pgSQL keeps what it understood at the first call of a session, and would not look again.
_FORGET = """
    select
        pg_catalog.format('alter routine %s cost %s', pg_proc.oid::regprocedure, pg_proc.procost)
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_language on pg_proc.prolang = pg_language.oid
    where pg_proc.oid = any(%s) and pg_language.lanname = 'plpgsql'
""".replace("%s cost %s", "%%s cost %%s")
_HOSTILE_PATH = f"{HOSTILE_SCHEMA}, pg_catalog, pg_temp"


@dataclass(frozen=True, slots=True)
class _Shot:
    """One call to make twice."""

    function: Function
    caller: Caller
    arguments: Arguments


def prove_unshadowed(connection: Connection, declarations: Declarations, signature: str) -> Check:
    """Prove that nothing a caller makes gets between a function and what it means.

    Args:
        connection: inside a transaction, with nothing on the search path; as the owner of the
            function or a member of that role, which may also make a schema.
        declarations: the tenant in names; the function is declared in isolation or shared.
        signature: of the function.

    Returns:
        Skipped where nobody could be answered, or where a caller may make nothing.
    """
    name = f"shadowing {signature}"
    claim = f"{signature} answers alike, whatever its caller calls by the names it uses."
    try:
        shot = _read_shot(connection, declarations, signature)
    except Unprovable as error:
        return Check(name, claim, skipped=f"it cannot be called: {error.detail}")
    if shot is None:
        return Check(name, claim, skipped="a tenant is needed, found none")
    with acting_as(connection, shot.caller):
        honest = call(connection, shot.function, shot.arguments)
    try:
        shadowed, made = _call_among_twins(connection, declarations.schemas, shot)
    except errors.InsufficientPrivilege as error:
        return Check(name, claim, skipped=f"of the twins none could be made: {error}")
    return judged(name, claim, _findings(shot, honest, shadowed), f"{made} twins")


def _read_shot(connection: Connection, declarations: Declarations, signature: str) -> _Shot | None:
    isolated = [one for one in declarations.isolation if one.function == signature]
    arguments: Arguments = {}
    if isolated:
        function, tenant, arguments = _isolated(connection, declarations, isolated[0])
    else:
        function = read_function(connection, signature)
        refuse_gaps(function, set())
        tenant = next(iter(read_tenants(connection, declarations)[0]), None)
    if tenant is None:
        return None
    caller = Caller("a tenant", declarations.signed_in_roles[0], tenant=tenant)
    return _Shot(function, caller, arguments)


def _isolated(
    connection: Connection, declarations: Declarations, declared: Isolation
) -> tuple[Function, str | None, Arguments]:
    subject = read_subject(connection, declarations, declared)
    if not subject.tenants:
        return subject.function, None, {}
    tenant = subject.tenants[0]
    sample = subject.samples.get(tenant, {})
    return subject.function, tenant, {**sample, declared.tenant_argument: tenant}


def _call_among_twins(
    connection: Connection, schemas: tuple[str, ...], shot: _Shot
) -> tuple[Answer, int]:
    reach = read_reach(connection, schemas, shot.function.oid)
    statements = plan_twins(connection, schemas, reach.words)
    with connection.transaction(force_rollback=True):
        for (statement,) in connection.execute(_FORGET, [list(reach.oids)]).fetchall():
            connection.execute(statement)
        connection.execute(f"create schema {HOSTILE_SCHEMA}")
        connection.execute(
            sql.SQL("grant all on schema {} to {}").format(
                sql.Identifier(HOSTILE_SCHEMA), sql.Identifier(shot.caller.role)
            )
        )
        with acting_as(connection, shot.caller):
            made = make_twins(connection, statements)
            connection.execute(
                "select pg_catalog.set_config('search_path', %s, true)", [_HOSTILE_PATH]
            )
            return call(connection, shot.function, shot.arguments), made


def _findings(shot: _Shot, honest: Answer, shadowed: Answer) -> list[Finding]:
    if same_answer(honest, shadowed, is_volatile=shot.function.is_volatile):
        return []
    described = f"It {honest.describe()}, and among twins {shadowed.describe()}"
    words = f": {shadowed.words}" if shadowed.words else ""
    return [Finding(shot.function.signature, f"{described}{words}.", _HINT)]
