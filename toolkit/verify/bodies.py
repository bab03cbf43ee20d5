"""SQL functions whose body is kept as text: does Postgres still accept it?

Nothing else looks at such a body until somebody calls it. Bodies between `begin atomic` and `end`
are parsed and tracked already; those of PL/pgSQL are the business of a rule.
"""

import psycopg

from toolkit.connect import Connection
from toolkit.verify.check import Check, Finding, judged

NAME = "sql_function_bodies"
CLAIM = "Postgres accepts the body of every SQL function that is kept as text."

_TEXT_BODIES = """
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


def check_sql_bodies(connection: Connection, schemas: tuple[str, ...]) -> Check:
    """Let Postgres parse every such body as it does at CREATE.

    Args:
        connection: inside a transaction; as a role that may execute the functions.
        schemas: whose functions.

    Returns:
        One finding for each body that is refused. Two statements a function.
    """
    rows = connection.execute(_TEXT_BODIES, [list(schemas)]).fetchall()
    findings = []
    for oid, signature, search_path in rows:
        refusal = _refusal(connection, oid, search_path)
        if refusal is not None:
            findings.append(Finding(signature, refusal, "Correct the body, or drop the function."))
    return judged(NAME, CLAIM, findings)


def _refusal(connection: Connection, oid: int, search_path: str) -> str | None:
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
        return f"{error.diag.message_primary}."
    return None
