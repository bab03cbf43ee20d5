"""Identities: act in a database as a caller of the API, and leave nothing behind.

A block does what PostgREST does around each request. Everything it sets ends with its
transaction: a setting for the session would follow the connection to whoever a pooler hands it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import errors
from psycopg.pq import TransactionStatus

from toolkit.connect import Connection
from toolkit.errors import ToolkitError

# The role that PostgREST logs in as. What a caller's role does not limit itself, this one does.
_LOGIN = "authenticator"
_SEARCH_PATH = '"public", "extensions"'
_CLAIMS_WITH_OWN_SETTING = ("sub", "role", "email")

_TIMEOUTS = """
    with
    setting (name, value, is_own, is_local) as (
        select
            split_part(entry.content, '=', 1),
            split_part(entry.content, '=', 2),
            pg_roles.rolname = %(role)s,
            pg_db_role_setting.setdatabase <> 0
        from pg_catalog.pg_db_role_setting
        inner join pg_catalog.pg_roles on pg_roles.oid = pg_db_role_setting.setrole
        cross join unnest(pg_db_role_setting.setconfig) as entry (content)
        where
            pg_roles.rolname in (%(role)s, %(login)s)
            and pg_db_role_setting.setdatabase in (
                0,
                (select oid from pg_catalog.pg_database where datname = current_database())
            )
    )
    select distinct on (wanted.name) wanted.name, coalesce(setting.value, '0')
    from unnest(array['lock_timeout', 'statement_timeout']) as wanted (name)
    left join setting on setting.name = wanted.name
    order by wanted.name, setting.is_own desc, setting.is_local desc
"""

_SET_FOR_THIS_TRANSACTION = """
    select set_config(setting.name, setting.value, true)
    from unnest(%(names)s::text[], %(values)s::text[]) as setting (name, value)
"""


class IdentityRefused(ToolkitError):
    """The connection's own role cannot become the role asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """The HTTP request that a caller seems to have sent.

    Args:
        method: of the request.
        path: of the URL.
        headers: by name, in any case.
    """

    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)


_PLAIN_REQUEST = Request()


@contextmanager
def as_role(
    connection: Connection,
    role: str,
    sub: UUID | str | None = None,
    /,
    *,
    commit: bool = False,
    request: Request = _PLAIN_REQUEST,
    **claims: object,
) -> Iterator[Connection]:
    """Be somebody for the length of one transaction.

    Sets role, claims, request, search path and the role's timeouts, all of them for the
    transaction only; inside a transaction of the caller's it is a savepoint. Two statements.

    Args:
        connection: as a role that may become `role`, like migrator.
        role: the database role: anon, authenticated or service_role.
        sub: who it is, claim `sub`; None for nobody.
        commit: keep what the block wrote; otherwise it is rolled back, whatever happens.
        request: what PostgREST would tell of the HTTP request.
        claims: further claims of the token. They are data: `role=` here changes what the token
            says and not what the database lets its bearer do.

    Yields:
        The same connection.

    Raises:
        IdentityRefused: no such role, or the connection's role may not become it.
        ValueError: commit inside a transaction, which only whoever began it can commit.
    """
    if commit and connection.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("commit=True needs a connection outside any transaction")
    with connection.transaction(force_rollback=not commit):
        assume(connection, role, sub, request=request, **claims)
        yield connection


def assume(
    connection: Connection,
    role: str,
    sub: UUID | str | None = None,
    /,
    *,
    request: Request = _PLAIN_REQUEST,
    **claims: object,
) -> None:
    """Be somebody until the transaction at hand ends; arguments as of `as_role`.

    Raises:
        IdentityRefused: no such role, or the connection's role may not become it.
    """
    token = {"role": role, **({} if sub is None else {"sub": str(sub)}), **claims}
    _assume(connection, role, _settings(token, request))


def _settings(token: Mapping[str, object], request: Request) -> dict[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    # Older functions read one setting a claim. Those must be told of absence too: a value that an
    # earlier user of the session left there would be believed.
    own = {
        f"request.jwt.claim.{name}": str(token[name]) if token.get(name) is not None else ""
        for name in _CLAIMS_WITH_OWN_SETTING
    }
    return {
        **own,
        "request.jwt.claim": "",
        "request.jwt.claims": json.dumps(token, default=str),
        "request.method": request.method,
        "request.path": request.path,
        "request.headers": json.dumps(headers),
        "request.cookies": "{}",
        "search_path": _SEARCH_PATH,
    }


def _assume(connection: Connection, role: str, settings: Mapping[str, str]) -> None:
    # A role's settings act at its login and never on SET ROLE: whoever switches repeats them.
    timeouts = connection.execute(_TIMEOUTS, {"role": role, "login": _LOGIN}).fetchall()
    everything = {**settings, **dict(timeouts), "role": role}
    try:
        connection.execute(
            _SET_FOR_THIS_TRANSACTION,
            {"names": list(everything), "values": list(everything.values())},
        )
    except (errors.InvalidParameterValue, errors.InsufficientPrivilege) as error:
        raise IdentityRefused(
            f"{connection.info.user} cannot act as {role}",
            detail=error.diag.message_primary or str(error),
            hint=f"Use a role of the API, and a connection whose role is a member of {role}.",
        ) from error
