"""Segments outside a transaction: one statement, judged by the catalog before and after.

Nothing rolls such a statement back. A runner that died in the middle of it leaves an index that is
invalid, or a partition half detached, and `if not exists` would hide that for ever. So the catalog
decides what is left to do: done is skipped, broken is cleared away and done again.
"""

import re
from dataclasses import dataclass
from enum import Enum

import psycopg

from toolkit.connect import Connection
from toolkit.errors import HistoryError, ToolkitError
from toolkit.runner.sessions import find_sessions
from toolkit.runner.voice import say
from toolkit.script import split

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_QUALIFIED = rf"{_NAME}(?:\.{_NAME})?"
_CREATE = re.compile(
    rf"create (?:unique )?index concurrently (?:if not exists )?(?P<index>{_NAME}) "
    rf"on (?P<table>{_QUALIFIED})",
    re.IGNORECASE,
)
_DROP = re.compile(
    rf"drop index concurrently (?:if exists )?(?P<index>{_QUALIFIED})", re.IGNORECASE
)
_DETACH = re.compile(
    rf"alter table (?P<parent>{_QUALIFIED}) "
    rf"detach partition (?P<partition>{_QUALIFIED}) concurrently",
    re.IGNORECASE,
)
_OLD_SNAPSHOT_S = 5


class State(Enum):
    """How far the catalog says a statement got."""

    TO_DO = "to do"
    BROKEN = "begun and not finished"
    DONE = "done"


class SegmentUnfinished(ToolkitError):
    """A statement came back without an error, and the catalog does not hold what it makes."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One statement that runs alone.

    Args:
        statement: its text.
        object: what it makes or takes away, as SQL names it.
        query: one row that says whether the object is there and whether it is whole; none when it
            is not there.
        arguments: of the query.
        wanted: whether it shall be there afterwards.
        repair: what clears a half-made object away, or finishes it.
    """

    statement: str
    object: str
    query: bytes
    arguments: tuple[str, ...]
    wanted: bool
    repair: str


_INDEX_IS_WHOLE = b"""
    select indisvalid and indisready from pg_catalog.pg_index
    where indexrelid = to_regclass(%s)
"""
_PARTITION_IS_WHOLE = b"""
    select not inhdetachpending from pg_catalog.pg_inherits
    where inhparent = to_regclass(%s) and inhrelid = to_regclass(%s)
"""
_CATALOG_NAME = b"""
    select pg_namespace.nspname, pg_class.relname from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where pg_class.oid = to_regclass(%s)
"""


def parse(text: str) -> Segment:
    """Read the one statement of an autocommit file. Pure.

    Raises:
        HistoryError: there are more, or the catalog could not judge it.
    """
    statements = split(text)
    if len(statements) != 1:
        raise _unusable(f"it has {len(statements)} statements", "Give each a revision of its own.")
    statement = statements[0].text
    words = " ".join(statement.split())
    if match := _CREATE.match(words):
        schema, dot, _ = match["table"].rpartition(".")
        index = f"{schema}{dot}{match['index']}"
        repair = f"drop index concurrently {index}"
        return Segment(statement, index, _INDEX_IS_WHOLE, (index,), wanted=True, repair=repair)
    if match := _DROP.match(words):
        index = match["index"]
        return Segment(statement, index, _INDEX_IS_WHOLE, (index,), wanted=False, repair=statement)
    if match := _DETACH.match(words):
        parent, partition = match["parent"], match["partition"]
        finalize = f"alter table {parent} detach partition {partition} finalize"
        names = (parent, partition)
        return Segment(
            statement, partition, _PARTITION_IS_WHOLE, names, wanted=False, repair=finalize
        )
    raise _unusable(
        f"nothing in the catalog says whether this was done: {statements[0].title}",
        "Use create index concurrently with a name, drop index concurrently, or alter table … "
        "detach partition … concurrently; anything else belongs into a transaction.",
    )


def run_alone(connection: Connection, text: str) -> None:
    """Bring about what an autocommit file says, from wherever the last attempt left it.

    Args:
        connection: in autocommit mode.
        text: the file.

    Raises:
        SegmentUnfinished: the statement succeeded and its object is not there.
    """
    segment = parse(text)
    found = judge(connection, segment)
    if found is State.DONE:
        is_there = "is there already" if segment.wanted else "is gone already"
        say("segment_skipped", f"{segment.object} {is_there}", object=segment.object)
        return
    _name_old_snapshots(connection)
    if found is State.BROKEN:
        say(
            "segment_repaired",
            f"{segment.object} was begun and not finished: {segment.repair}",
            object=segment.object,
        )
        connection.execute(segment.repair.encode())
        found = judge(connection, segment)
    if found is not State.DONE:
        _execute(connection, segment)
    left = judge(connection, segment)
    if left is not State.DONE:
        raise SegmentUnfinished(
            f"{segment.object} is not as it should be",
            detail=f"the catalog says: {left.value}",
            hint="Look at it with \\d in psql, then run the command again.",
        )


def unfinished(connection: Connection, segment: Segment) -> tuple[str, str] | None:
    """Name what a killed runner left of a statement: schema and name; None when there is none."""
    row = connection.execute(segment.query, segment.arguments).fetchone()
    if row is None or row[0]:
        return None
    name = connection.execute(_CATALOG_NAME, [segment.object]).fetchone()
    return None if name is None else (str(name[0]), str(name[1]))


def judge(connection: Connection, segment: Segment) -> State:
    """Ask the catalog how far a statement got. One statement."""
    row = connection.execute(segment.query, segment.arguments).fetchone()
    if row is None:
        return State.TO_DO if segment.wanted else State.DONE
    if segment.wanted:
        return State.DONE if row[0] else State.BROKEN
    is_detachable = segment.repair != segment.statement and not row[0]
    return State.BROKEN if is_detachable else State.TO_DO


def _execute(connection: Connection, segment: Segment) -> None:
    """Run the statement; what a failed one leaves is cleared away while somebody can still do it.

    An index that is not valid costs every writer, and one that is unique even refuses their rows.
    """
    try:
        connection.execute(segment.statement.encode())
    except psycopg.Error as error:
        if not connection.closed and segment.wanted and judge(connection, segment) is State.BROKEN:
            try:
                connection.execute(segment.repair.encode())
            except psycopg.Error as another:
                error.add_note(f"it left {segment.object} behind, not valid: {another}")
        raise


def _name_old_snapshots(connection: Connection) -> None:
    """Say whom a concurrent statement will wait for: whoever may still see the old state."""
    rows = connection.execute(
        """
        select pid from pg_catalog.pg_stat_activity
        where
            datname = current_database() and pid <> pg_backend_pid()
            and (backend_xmin is not null or backend_xid is not null)
            and clock_timestamp() - xact_start > make_interval(secs => %s)
        """,
        [_OLD_SNAPSHOT_S],
    ).fetchall()
    for session in find_sessions(connection, (pid for (pid,) in rows)):
        say(
            "old_snapshot",
            f"a concurrent statement has to wait for {session}\n  to end it: {session.remedy}",
            pid=session.pid,
        )


def _unusable(detail: str, hint: str) -> HistoryError:
    return HistoryError("an autocommit file cannot be run", detail=detail, hint=hint)
