"""What a call cost inside the server: statements, nested statements, pages.

Read from pg_stat_statements through a connection of its own, so that nothing is added to the
session under measurement. Counts everything in one database but the reader's own role: a call may
run statements as several roles, since the inside of a SECURITY DEFINER function belongs to the
function's owner.
"""

from dataclasses import dataclass

from psycopg import sql

from toolkit.connect import Connection
from toolkit.errors import ToolkitError

_EXTENSION = "pg_stat_statements"

_SCHEMA_OF_EXTENSION = """
    select pg_namespace.nspname
    from pg_catalog.pg_extension
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_extension.extnamespace
    where pg_extension.extname = %s
"""

# A call's own entry holds the pages of everything nested in it, so only top-level ones are added.
# The argument false leaves the texts of the statements in their file.
_READING = sql.SQL("""
    select
        coalesce(sum(calls) filter (where toplevel), 0)::bigint,
        coalesce(sum(calls) filter (where not toplevel), 0)::bigint,
        coalesce(sum(shared_blks_hit + shared_blks_read) filter (where toplevel), 0)::bigint
    from {schema}.pg_stat_statements(false)
    where
        dbid = (
            select pg_database.oid
            from pg_catalog.pg_database
            where pg_database.datname = current_database()
        )
        and userid <> (
            select pg_roles.oid from pg_catalog.pg_roles where pg_roles.rolname = current_user
        )
""")


class CountersUnavailable(ToolkitError):
    """A server does not count statements, or does not count the nested ones."""


@dataclass(frozen=True, slots=True)
class ServerCost:
    """What was run, as pg_stat_statements has it.

    Args:
        statements: sent by clients.
        nested_statements: run inside functions.
        buffers: 8 kB pages of tables and indexes that were looked at, cached or not.
    """

    statements: int = 0
    nested_statements: int = 0
    buffers: int = 0

    def __sub__(self, earlier: "ServerCost") -> "ServerCost":
        return ServerCost(
            self.statements - earlier.statements,
            self.nested_statements - earlier.nested_statements,
            self.buffers - earlier.buffers,
        )


class Counters:
    """A reader of the counters of one database.

    Args:
        reader: a connection to that database as a role that may see everybody's statements
            (a superuser or a member of pg_read_all_stats), and that runs nothing under test.

    Raises:
        CountersUnavailable: the extension is missing, not preloaded, or blind to nested statements.
    """

    def __init__(self, reader: Connection) -> None:
        self._reader = reader
        self._query = _READING.format(schema=sql.Identifier(_find_schema(reader)))
        _refuse_blindness(reader)

    def read(self) -> ServerCost:
        """Return the totals so far; subtract an earlier reading to get what one call cost.

        O(e), e = entries of pg_stat_statements (at most pg_stat_statements.max).
        """
        row = self._reader.execute(self._query).fetchone()
        assert row is not None  # an aggregate without GROUP BY always answers
        return ServerCost(*row)


def _find_schema(reader: Connection) -> str:
    row = reader.execute(_SCHEMA_OF_EXTENSION, [_EXTENSION]).fetchone()
    if row is None:
        raise CountersUnavailable(
            f"{_EXTENSION} is not installed in {reader.info.dbname}",
            detail="pg_extension has no entry of that name",
            hint=f"Run create extension {_EXTENSION} in this database as a superuser.",
        )
    return str(row[0])


def _refuse_blindness(reader: Connection) -> None:
    row = reader.execute("select current_setting('pg_stat_statements.track', true)").fetchone()
    tracked = row[0] if row else None
    if tracked != "all":
        raise CountersUnavailable(
            "the server does not count nested statements",
            detail=f"pg_stat_statements.track is {tracked or 'unknown: it is not preloaded'}",
            hint="Preload pg_stat_statements and set pg_stat_statements.track = all.",
        )
