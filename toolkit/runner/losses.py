"""Losses: the data that a way down would take with it, counted before anybody says yes.

What goes is read from the facts of the revisions on the way; how much of it there is, from the
database. What a file changes in rows, no catalog tells: such statements are listed as they stand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from toolkit.catalog import Fact, Identity, Kind, Snapshots
from toolkit.catalog.names import qualified, quoted
from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.runner.outlook import Outlook

# Above this a count takes longer than somebody who decides should wait.
_COUNTED_UP_TO = 128 * 2**20
_PATIENCE = b"""
set local statement_timeout = '10s';
set local lock_timeout = '1s';
set local row_security = off
"""
_MEASURE = """
with parts as (
    select to_regclass(%(table)s) as relid
    union
    select relid from pg_catalog.pg_partition_tree(to_regclass(%(table)s))
)
select
    coalesce(sum(pg_catalog.pg_total_relation_size(parts.relid)), 0)::bigint,
    coalesce(sum(greatest(pg_class.reltuples, statistics.n_live_tup, 0)), 0)::bigint
from parts
inner join pg_catalog.pg_class on parts.relid = pg_class.oid
left join pg_catalog.pg_stat_all_tables as statistics on parts.relid = statistics.relid
having
    bool_or(parts.relid is not null)
    and (
        %(column)s = ''
        or exists (
            select from pg_catalog.pg_attribute
            where
                attrelid = to_regclass(%(table)s)
                and attname = %(column)s
                and not attisdropped
        )
    )
"""
_ROW_STATEMENTS = {"insert", "update", "delete", "truncate", "merge", "do", "call", "copy"}


@dataclass(frozen=True, slots=True)
class Loss:
    """One table or column whose content goes.

    Args:
        identity: which.
        reason: what happens to it.
        rows: how many rows, or values that are not null; of a column only when counted.
        is_counted: whether that is exact, and not the server's estimate.
        size_bytes: of the whole table, with its indexes.
    """

    identity: Identity
    reason: str
    rows: int
    is_counted: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RowStatement:
    """A statement of a file that changes rows, or may.

    Args:
        file: its frozen file.
        line: where it stands.
        title: its first line.
    """

    file: str
    line: int
    title: str


@dataclass(frozen=True, slots=True)
class Losses:
    """All that a way down takes.

    Args:
        lost: tables and columns with content or without, sorted.
        statements: what changes rows by itself.
        untold: why the facts could not be asked; empty when they were.
    """

    lost: tuple[Loss, ...]
    statements: tuple[RowStatement, ...]
    untold: str = ""


def find_losses(outlook: Outlook, snapshots: Snapshots, connection: Connection) -> Losses:
    """Say what a way takes with it.

    Args:
        outlook: the way.
        snapshots: what each revision makes.
        connection: to the database, to count; left outside a transaction.

    Returns:
        Every table or column of the database that some step drops, and every column whose type
        some step changes, with rows counted up to a size and estimated above it; 2 statements each.
    """
    statements = tuple(_row_statements(outlook))
    try:
        going = _going(outlook, snapshots, connection.info.server_version // 10_000)
    except ToolkitError as error:
        return Losses((), statements, untold=error.message)
    lost = (_measured(identity, reason, connection) for identity, reason in sorted(going.items()))
    return Losses(tuple(loss for loss in lost if loss is not None), statements)


def _row_statements(outlook: Outlook) -> Iterator[RowStatement]:
    for step in outlook.coming:
        for statement in step.statements:
            if statement.title.split()[0].lower() in _ROW_STATEMENTS:
                yield RowStatement(step.file, statement.line, statement.title)


def _going(outlook: Outlook, snapshots: Snapshots, major: int) -> Mapping[Identity, str]:
    """Name what goes on the way, with the first reason."""
    going: dict[Identity, str] = {}
    for step in outlook.coming:
        before, after = _facts(snapshots, step.start, major), _facts(snapshots, step.end, major)
        for identity, fact in before.items():
            reason = _fate(fact, before, after)
            if reason:
                going.setdefault(identity, reason)
    return going


def _facts(snapshots: Snapshots, revision: str | None, major: int) -> Mapping[Identity, Fact]:
    return {} if revision is None else snapshots.read(revision, major).own


def _fate(fact: Fact, before: Mapping[Identity, Fact], after: Mapping[Identity, Fact]) -> str:
    """Say what happens to the content of an object; empty when nothing does."""
    if fact.identity.kind not in (Kind.TABLE, Kind.COLUMN) or fact.parent is None:
        return ""
    left = after.get(fact.identity)
    if fact.identity.kind is Kind.TABLE:
        is_partition = fact.parent.kind is Kind.TABLE
        goes_along = is_partition and fact.parent not in after
        return "dropped" if left is None and not goes_along else ""
    table = before.get(fact.parent)
    is_stored = table is not None and table.identity.kind is Kind.TABLE
    is_copy = table is not None and table.parent is not None and table.parent.kind is Kind.TABLE
    if not is_stored or is_copy or fact.parent not in after or fact.get("generated"):
        return ""
    if left is None:
        return "dropped"
    if left.get("type") != fact.get("type"):
        return f"from {fact.text('type')} to {left.text('type')}"
    return ""


def _measured(identity: Identity, reason: str, connection: Connection) -> Loss | None:
    """Count what there is of an object; None when it is made on the way only."""
    table = qualified(identity.schema, identity.name)
    try:
        with connection.transaction():
            parameters = {"table": table, "column": identity.part}
            row = connection.execute(_MEASURE, parameters).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return Loss(identity, reason, 0, is_counted=False, size_bytes=0)
    if row is None:
        return None
    size, estimate = row
    counted = _count(identity, table, connection) if size <= _COUNTED_UP_TO else None
    rows = estimate if counted is None else counted
    return Loss(identity, reason, rows, is_counted=counted is not None, size_bytes=size)


def _count(identity: Identity, table: str, connection: Connection) -> int | None:
    """Count exactly; None when this role may not, somebody holds the table, or it takes long."""
    what = "*" if identity.kind is Kind.TABLE else quoted(identity.part)
    try:
        with connection.transaction():
            connection.execute(_PATIENCE)
            row = connection.execute(f"select count({what}) from {table}".encode()).fetchone()
    except (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.LockNotAvailable,
        psycopg.errors.QueryCanceled,
    ):
        return None
    return None if row is None else int(row[0])
