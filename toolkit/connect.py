"""Connections: the one place that opens them, and says plainly why it could not.

Never decides what to run on them.
"""

import psycopg
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from toolkit.errors import ConnectionRefused, ServerTooOld, ToolkitError

OLDEST_SUPPORTED = 15
_CONNECT_TIMEOUT_S = 10

Connection = psycopg.Connection[TupleRow]


def connect(
    url: str,
    *,
    autocommit: bool = True,
    application_name: str = "hephaitos",
    prepare_threshold: int | None = None,
) -> Connection:
    """Open a connection.

    Args:
        url: a libpq URI or keyword string.
        autocommit: False begins a transaction with the first statement.
        application_name: what pg_stat_activity shows.
        prepare_threshold: executions before psycopg prepares a statement; None is never, which is
            what a transaction-mode pooler needs.

    Raises:
        ConnectionRefused: unreachable, wrong password, no such database or a malformed URL.
        ServerTooOld: PostgreSQL older than OLDEST_SUPPORTED.
    """
    try:
        connection = psycopg.connect(
            url,
            autocommit=autocommit,
            prepare_threshold=prepare_threshold,
            application_name=application_name,
            connect_timeout=_CONNECT_TIMEOUT_S,
        )
    except psycopg.Error as error:
        raise _refusal(url, error) from error
    found = connection.info.server_version
    if found < OLDEST_SUPPORTED * 10_000:
        connection.close()
        raise ServerTooOld(
            f"PostgreSQL {_dotted(found)} at {describe(url)} is too old",
            detail=f"the toolkit supports PostgreSQL {OLDEST_SUPPORTED} and newer",
            hint=f"Upgrade the server to PostgreSQL {OLDEST_SUPPORTED} or newer.",
        )
    return connection


def engine(
    url: str, *, autocommit: bool = False, application_name: str = "hephaitos"
) -> sqlalchemy.Engine:
    """Return a SQLAlchemy engine without a pool whose connections `connect` opens.

    Args:
        url: a libpq URI or keyword string.
        autocommit: True for connections that never begin a transaction of their own.
        application_name: what pg_stat_activity shows.
    """
    return sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url, autocommit=False, application_name=application_name),
        poolclass=sqlalchemy.NullPool,
        isolation_level="AUTOCOMMIT" if autocommit else None,
        # It would ask each new connection for a type that nobody here uses.
        use_native_hstore=False,
    )


def describe(url: str) -> str:
    """Name the database of a URL for a person, without its password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "the database URL"
    host, port = parts.get("host") or "the local socket", parts.get("port") or "5432"
    return f"{parts.get('user') or 'the default user'}@{host}:{port}/{parts.get('dbname') or ''}"


def _refusal(url: str, error: psycopg.Error) -> ToolkitError:
    # libpq reports no SQLSTATE for a failed connection, so its words are all there is.
    words = " ".join(str(error).split())
    if isinstance(error, psycopg.ProgrammingError):
        return ConnectionRefused(
            "the database URL is malformed",
            detail=words,
            hint="Write it as postgresql://user:password@host:port/database.",
        )
    name = describe(url)
    if "password authentication failed" in words or "no password supplied" in words:
        return ConnectionRefused(
            f"wrong user or password for {name}",
            detail=words,
            hint="Correct the user and password in the database URL.",
        )
    if "database" in words and "does not exist" in words:
        return ConnectionRefused(
            f"no such database: {name}",
            detail=words,
            hint="Correct the database's name in the URL, or create the database first.",
        )
    return ConnectionRefused(
        f"cannot reach {name}",
        detail=words,
        hint="Check host, port and network, and that the server runs.",
    )


def _dotted(server_version: int) -> str:
    return f"{server_version // 10_000}.{server_version % 10_000}"
