"""Looking at one transaction from inside: its locks, its files, its counters.

Asks as the session that is looked at, so that also what it made and has not committed has a name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from psycopg.rows import class_row

from toolkit.connect import Connection
from toolkit.trace.model import Mode

_QUERIES = Path(__file__).parent / "queries"
_KINDS = {"v": "view", "m": "materialized view", "i": "index", "I": "index", "S": "sequence"}
MODES = {f"{str(mode).title().replace(' ', '')}Lock": mode for mode in Mode}


@dataclass(frozen=True, slots=True)
class Known:
    """A relation as the catalog has it.

    Args:
        relation_oid: its number.
        relkind: PostgreSQL's letter for its kind.
        file_number: of the file that holds its rows; 0 when there is none.
        name: qualified, as SQL spells it.
        part_of: the same for the table of an index, the uppermost table of a partition.
        pending_count: rows that scans of this session read and that were not added up yet.
        counted: rows that scans of all sessions read, as far as they were added up.
    """

    relation_oid: int
    relkind: str
    file_number: int
    name: str
    part_of: str
    pending_count: int
    counted: int

    @property
    def kind(self) -> str:
        """Its kind in words."""
        return _KINDS.get(self.relkind, "table")


@dataclass(frozen=True, slots=True)
class Touched:
    """A relation that the session holds a lock on.

    Args:
        wal_bytes: how many bytes of WAL the server has written by now.
        relation_oid: its number; what was dropped is still locked.
        modes: of the locks, as pg_locks calls them.
        is_table: whether it holds rows.
        file_number: of its file by now, 0 when there is none.
        file_bytes: the size of that file.
        pending_count: rows of it that scans of the session read and that were not added up yet.
    """

    wal_bytes: int
    relation_oid: int
    modes: list[str]
    is_table: bool
    file_number: int
    file_bytes: int
    pending_count: int

    @property
    def held(self) -> frozenset[Mode]:
        """The modes."""
        return frozenset(MODES[mode] for mode in self.modes)


@dataclass(frozen=True, slots=True)
class Moment:
    """What was so between two statements.

    Args:
        wal_bytes: how many bytes of WAL the server had written in its life.
        touched: what the session had a lock on, by number.
    """

    wal_bytes: int
    touched: Mapping[int, Touched]


def known_relations(connection: Connection, only: Iterable[int] | None = None) -> dict[int, Known]:
    """Name relations. One statement.

    Args:
        connection: in or outside a transaction.
        only: the numbers wanted; all when None.
    """
    wanted = None if only is None else list(only)
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        rows = cursor.execute(_query("relations"), {"only": wanted}).fetchall()
    return {row.relation_oid: row for row in rows}


def look(connection: Connection) -> Moment:
    """Say what the connection's own transaction has locked, and what came of it. One statement."""
    with connection.cursor(row_factory=class_row(Touched)) as cursor:
        rows = cursor.execute(_query("touched")).fetchall()
    return Moment(rows[0].wal_bytes, {row.relation_oid: row for row in rows if row.modes})


@cache
def _query(name: str) -> bytes:
    return (_QUERIES / f"{name}.sql").read_bytes()
