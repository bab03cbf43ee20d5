"""Bodies: what PostgreSQL looks at only when a routine is called, looked at now.

plpgsql_check where the server has it; else the parser of each language, which knows no columns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from toolkit.connect import Connection
from toolkit.sources.files import SourceFile
from toolkit.sources.refusal import SourcesRefused, line_at

_ROUTINES = """
    select
        pg_proc.oid,
        pg_proc.oid::regprocedure::text,
        pg_namespace.nspname,
        pg_proc.proname,
        pg_proc.prosrc,
        pg_language.lanname,
        coalesce(
            (
                select substring(entry.setting from '^search_path=(.*)$')
                from unnest(pg_proc.proconfig) as entry (setting)
                where starts_with(entry.setting, 'search_path=')
            ),
            current_setting('search_path')
        )
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    inner join pg_catalog.pg_language on pg_proc.prolang = pg_language.oid
    where
        pg_language.lanname in ('sql', 'plpgsql')
        and pg_proc.prosqlbody is null
        and (pg_namespace.nspname, pg_proc.proname) in (
            select * from unnest(%s::text[], %s::text[])
        )
    order by 3, 4, 2
"""
_CHECKED = """
    with targets as materialized (
        select distinct
            pg_proc.oid,
            coalesce(pg_trigger.tgrelid, 0) as table_oid,
            pg_trigger.tgoldtable as old_table,
            pg_trigger.tgnewtable as new_table
        from pg_catalog.pg_proc
        left join pg_catalog.pg_trigger
            on pg_proc.oid = pg_trigger.tgfoid and pg_trigger.tgparentid = 0
        where
            pg_proc.oid = any(%s)
            and pg_proc.prorettype <> 'event_trigger'::regtype
            and (pg_proc.prorettype <> 'trigger'::regtype or pg_trigger.tgrelid is not null)
    )
    select targets.oid, complaint.lineno, complaint.message, complaint.detail, complaint.hint
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
    order by targets.oid, complaint.lineno
"""
_EXTENSION = """
    select quote_ident(pg_namespace.nspname)
    from pg_catalog.pg_extension
    inner join pg_catalog.pg_namespace on pg_extension.extnamespace = pg_namespace.oid
    where pg_extension.extname = 'plpgsql_check'
"""
_NEAR = re.compile(r"near line (\d+)")


@dataclass(frozen=True, slots=True)
class _Routine:
    oid: int
    signature: str
    schema: str
    name: str
    body: str
    language: str
    search_path: str


def check_bodies(connection: Connection, files: Mapping[tuple[str, str], SourceFile]) -> None:
    """Look at every body that is kept as text.

    Args:
        connection: to the loaded database, as superuser, autocommit.
        files: the file of each routine, by schema and name; n routines.

    Raises:
        SourcesRefused: the first body that would fail when it is called.
    """
    schemas, names = [key[0] for key in files], [key[1] for key in files]
    rows = connection.execute(_ROUTINES, [schemas, names]).fetchall()
    routines = [_Routine(*row) for row in rows]
    with connection.transaction(force_rollback=True):
        for routine in routines:
            error = _parse(connection, routine)
            if error is not None:
                file = files[routine.schema, routine.name]
                raise _unparsed(error, routine, file)
        _check(connection, {one.oid: one for one in routines if one.language == "plpgsql"}, files)


def _parse(connection: Connection, routine: _Routine) -> psycopg.Error | None:
    try:
        with connection.transaction():
            connection.execute(
                "select set_config('check_function_bodies', 'on', true), "
                "set_config('search_path', %s, true)",
                [routine.search_path],
            )
            validator = {"sql": "fmgr_sql_validator", "plpgsql": "plpgsql_validator"}
            connection.execute(
                f"select pg_catalog.{validator[routine.language]}(%s)".encode(), [routine.oid]
            )
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return error
    return None


def _unparsed(error: psycopg.Error, routine: _Routine, file: SourceFile) -> SourcesRefused:
    said = error.diag
    near = _NEAR.search(said.context or "")
    inner = 1
    if said.internal_position is not None and said.internal_query == routine.body:
        inner = line_at(routine.body, int(said.internal_position))
    elif near is not None:
        inner = int(near.group(1))
    return SourcesRefused(
        f"{file.path}:{_line(file, routine, inner)}: {said.message_primary}",
        detail=said.message_detail or f"in the body of {routine.signature}",
        hint=said.message_hint or "Correct the body of the routine.",
    )


def _check(
    connection: Connection,
    routines: Mapping[int, _Routine],
    files: Mapping[tuple[str, str], SourceFile],
) -> None:
    schema = connection.execute(_EXTENSION.encode()).fetchone()
    if schema is None or not routines:
        return
    found = connection.execute(_CHECKED.format(schema[0]).encode(), [list(routines)]).fetchone()
    if found is None:
        return
    oid, lineno, message, detail, hint = found
    routine = routines[oid]
    file = files[routine.schema, routine.name]
    raise SourcesRefused(
        f"{file.path}:{_line(file, routine, lineno or 1)}: {message}",
        detail=detail or f"in the body of {routine.signature}",
        hint=hint or "Correct the body of the routine.",
    )


def _line(file: SourceFile, routine: _Routine, inner: int) -> int:
    """Return the line of a file for a line of a body that begins somewhere in it."""
    begin = file.text.find(routine.body)
    return inner if begin < 0 else line_at(file.text, begin + 1) + inner - 1
