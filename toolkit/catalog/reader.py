"""Reading facts: one snapshot of the catalogs, the same few statements however many objects.

Reads only, and leaves the connection as it was.
"""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow, class_row, tuple_row
from psycopg.types.string import TextLoader

from toolkit.catalog.assembly import DetailRow, EdgeRow, ObjectRow, assemble
from toolkit.catalog.facts import Facts
from toolkit.catalog.ownership import settle
from toolkit.catalog.query import catalogs_read, details_query, objects_query, read_query
from toolkit.catalog.scope import Scope
from toolkit.connect import Connection
from toolkit.errors import ToolkitError

# What the server's own printing of definitions depends on; the compiler and parallel workers only
# cost time on catalogs.
_SETTINGS = b"""
select
    set_config('search_path', '', true),
    set_config('quote_all_identifiers', 'off', true),
    set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'postgres', true),
    set_config('TimeZone', 'UTC', true),
    set_config('extra_float_digits', '1', true),
    set_config('bytea_output', 'hex', true),
    set_config('lc_monetary', 'C', true),
    set_config('jit', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true)
"""


class BlindReader(ToolkitError):
    """The role that reads may not see the catalogs at all."""


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """The one row of server.sql."""

    major: int
    reader: str
    database_owner: str
    migrator: str | None
    hidden_catalogs: list[str]
    cron_jobs: str


def read_facts(
    connection: Connection, scope: Scope | None = None, *, migrator: str | None = None
) -> Facts:
    """Read everything the catalogs say about one database.

    Args:
        connection: to the database. Outside a transaction the facts are one REPEATABLE READ
            snapshot; inside one they include what it has not committed yet.
        scope: what the tenant declares; nothing when None.
        migrator: the role that applies revisions; when None the owner of the version table, else
            the role that reads.

    Returns:
        The facts. At most 9 statements, transaction control included; time O(objects).

    Raises:
        BlindReader: the role may not read a catalog that everybody usually may.
    """
    with _collector_resting():
        return _read(connection, scope or Scope(), migrator)


def _read(connection: Connection, scope: Scope, migrator: str | None) -> Facts:
    with _snapshot(connection) as cursor:
        cursor.execute(_SETTINGS)
        here = _surroundings(connection)
        objects = _objects(cursor.execute(objects_query()).fetchall())
        details = starmap(DetailRow, cursor.execute(details_query()).fetchall())
        edges = starmap(EdgeRow, cursor.execute(read_query("edges")).fetchall())
        if here.cron_jobs in ("own", "all"):
            objects += _objects(cursor.execute(read_query("cron")).fetchall())
    migrator = migrator or here.migrator or here.reader
    facts = settle(
        assemble(objects, details, edges, migrator),
        scope,
        owns_database=here.database_owner in {migrator, *scope.roles},
    )
    return Facts.of(here.major, facts, migrator=migrator, blind=_blind_spots(here))


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep Python from looking for garbage while nothing but what stays is made.

    It would look at all that was made so far again and again: a third of the time of a reading.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _snapshot(connection: Connection) -> Iterator[psycopg.Cursor[TupleRow]]:
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    before = connection.isolation_level, connection.read_only
    if idle:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
    try:
        # Rolled back, so that our settings do not outlive us in somebody else's transaction.
        with connection.transaction(force_rollback=True):
            cursor = connection.cursor(row_factory=tuple_row)
            # One document a row is slow to parse; see _objects.
            cursor.adapters.register_loader("json", TextLoader)
            yield cursor
    finally:
        if idle:
            connection.isolation_level, connection.read_only = before


def _objects(rows: list[TupleRow]) -> list[ObjectRow]:
    """Make rows of objects, all their attributes parsed as one document."""
    documents = json.loads(f"[{','.join(row[-1] for row in rows)}]")
    return [
        ObjectRow._make((*row[:-1], attributes))
        for row, attributes in zip(rows, documents, strict=True)
    ]


def _surroundings(connection: Connection) -> _Surroundings:
    with connection.cursor(row_factory=class_row(_Surroundings)) as cursor:
        cursor.execute(read_query("server"), {"catalogs_read": list(catalogs_read())})
        here = cursor.fetchone()
    assert here is not None  # a connection is always in a database
    if here.hidden_catalogs:
        raise BlindReader(
            f"role {here.reader} is blind: it may not read the catalogs",
            detail=f"no select on {', '.join(here.hidden_catalogs)}",
            hint="Read as a role that may select from all of pg_catalog.",
        )
    return here


def _blind_spots(here: _Surroundings) -> tuple[str, ...]:
    if here.cron_jobs == "hidden":
        return (f"cron jobs: role {here.reader} may not read cron.job",)
    if here.cron_jobs == "own":
        return (f"cron jobs: row security hides other roles' jobs from role {here.reader}",)
    return ()
