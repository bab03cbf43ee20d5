"""Bodies that PostgreSQL reads only when they are called: what would fail in them today.

Of PL/pgSQL and of SQL kept as text the catalog knows no dependencies, so a column that only such a
body uses can be dropped, and the first call says so. plpgsql_check and the validator of SQL look
now. What a body puts together as text (`execute format(…)`) nobody sees.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row, scalar_row

from toolkit.connect import Connection

EXTENSION = "plpgsql_check"
_WHERE = """
    select quote_ident(pg_namespace.nspname)
    from pg_catalog.pg_extension
    inner join pg_catalog.pg_namespace on pg_extension.extnamespace = pg_namespace.oid
    where pg_extension.extname = %s
"""
# Materialized, so that nothing but the functions asked for is handed to the extension.
_PLPGSQL = """
    with targets as materialized (
        select distinct
            pg_proc.oid,
            coalesce(pg_trigger.tgrelid, 0) as table_oid,
            pg_trigger.tgoldtable as old_table,
            pg_trigger.tgnewtable as new_table
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
        inner join pg_catalog.pg_language on pg_proc.prolang = pg_language.oid
        left join pg_catalog.pg_trigger
            on pg_proc.oid = pg_trigger.tgfoid and pg_trigger.tgparentid = 0
        where
            pg_language.lanname = 'plpgsql'
            and pg_namespace.nspname = any(%s)
            and pg_proc.prorettype <> 'event_trigger'::regtype
            and (pg_proc.prorettype <> 'trigger'::regtype or pg_trigger.tgrelid is not null)
    )
    select
        targets.oid::regprocedure::text as function,
        coalesce(complaint.lineno, 0) as line,
        complaint.message,
        coalesce(nullif(complaint.query, ''), '') as query
    from targets
    cross join lateral {}.plpgsql_check_function_tb(
        funcoid => targets.oid,
        relid => targets.table_oid,
        oldtable => targets.old_table,
        newtable => targets.new_table,
        fatal_errors => false,
        other_warnings => false,
        performance_warnings => false,
        extra_warnings => false
    ) as complaint
    where complaint.level = 'error'
    order by 1, 2, 3
"""
_SQL = """
    select
        pg_proc.oid,
        pg_proc.oid::regprocedure::text,
        coalesce(
            (
                select substring(entry.setting from '^search_path=(.*)$')
                from unnest(pg_proc.proconfig) as entry (setting)
                where starts_with(entry.setting, 'search_path=')
            ),
            ''
        ) as search_path
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    inner join pg_catalog.pg_language on pg_proc.prolang = pg_language.oid
    where
        pg_namespace.nspname = any(%s)
        and pg_language.lanname = 'sql'
        and pg_proc.prosqlbody is null
    order by 2
"""


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One place of a body that would fail when it is reached.

    Args:
        function: its signature.
        line: of the body, counted from one; 0 when it is not known.
        message: PostgreSQL's.
        query: the statement of the body, where it is known.
    """

    function: str
    line: int
    message: str
    query: str = ""


def can_read_plpgsql(connection: Connection) -> bool:
    """Tell whether the database has what reads PL/pgSQL. One statement."""
    return _schema(connection) is not None


def read_complaints(connection: Connection, schemas: Iterable[str]) -> tuple[Complaint, ...]:
    """Read every body.

    Args:
        connection: in or outside a transaction, which is left as it was; as a role that may call
            plpgsql_check.
        schemas: whose functions.

    Returns:
        The complaints, sorted; of PL/pgSQL only where the database has plpgsql_check. Time grows
        with the bodies; two statements for each function in SQL that is kept as text.
    """
    wanted = list(schemas)
    with connection.transaction(force_rollback=True):
        connection.execute("select pg_catalog.set_config('search_path', '', true)")
        found = set(_sql_complaints(connection, wanted))
        schema = _schema(connection)
        if schema is not None:
            with connection.cursor(row_factory=class_row(Complaint)) as cursor:
                found |= set(cursor.execute(_PLPGSQL.format(schema).encode(), [wanted]))
    return tuple(sorted(found))


def new_complaints(
    before: Iterable[Complaint], after: Iterable[Complaint]
) -> tuple[Complaint, ...]:
    """Return what fails now and did not before, wherever the line has moved. Pure."""
    known = {(one.function, one.message) for one in before}
    return tuple(one for one in after if (one.function, one.message) not in known)


def sql_refusal(connection: Connection, oid: int, search_path: str) -> str | None:
    """Let PostgreSQL parse the body of a function in SQL as it does at CREATE.

    Args:
        connection: inside a transaction.
        oid: of the function.
        search_path: its own.

    Returns:
        What PostgreSQL says; None when it accepts it.
    """
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(
                "select set_config('check_function_bodies', 'on', true), "
                "set_config('search_path', %s, true)",
                [search_path],
            )
            connection.execute("select pg_catalog.fmgr_sql_validator(%s)", [oid])
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return str(error.diag.message_primary)
    return None


def sql_bodies(connection: Connection, schemas: Iterable[str]) -> list[tuple[int, str, str]]:
    """Return number, signature and search path of every function in SQL that is kept as text."""
    return connection.execute(_SQL, [list(schemas)]).fetchall()


def _sql_complaints(connection: Connection, schemas: list[str]) -> Iterable[Complaint]:
    for oid, signature, search_path in sql_bodies(connection, schemas):
        refusal = sql_refusal(connection, oid, search_path)
        if refusal is not None:
            yield Complaint(signature, 0, refusal)


def _schema(connection: Connection) -> str | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        schema: str | None = cursor.execute(_WHERE, [EXTENSION]).fetchone()
    return schema
