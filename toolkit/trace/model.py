"""What a statement did to others: the locks it took, what it rewrote, read and wrote, and how long.

Plain values. Counters are exact; milliseconds and bytes of WAL are those of a scratch server with
the data it had, and carry over as ratios at best.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any


class Mode(IntEnum):
    """The modes of a lock on a relation, the weakest first."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")

    @property
    def is_felt(self) -> bool:
        """Whether it is more than every reader takes, which stops only what stops readers."""
        return self > Mode.ACCESS_SHARE

    @property
    def stops(self) -> str:
        """Say whom it keeps waiting, for a person."""
        if self is Mode.ACCESS_EXCLUSIVE:
            return "readers and writers"
        if self >= Mode.SHARE:
            return "writers"
        if self is Mode.SHARE_UPDATE_EXCLUSIVE:
            return "vacuum and other changes of the table"
        return "nobody but changes of the table"


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A relation that a statement touched.

    Args:
        name: qualified, as SQL spells it.
        kind: table, index, view, materialized view, sequence.
        part_of: the table of an index, the uppermost table of a partition; empty for all others.
        is_own: whether the revision itself makes it, so that nobody else can be waiting for it;
            going down, whether the way up had made it.
    """

    name: str
    kind: str
    part_of: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Lock:
    """A lock that a statement took and that its transaction did not hold before."""

    relation: Relation
    mode: Mode


@dataclass(frozen=True, slots=True, order=True)
class Rewrite:
    """A relation that got another file: its old content was copied, built again or thrown away.

    Args:
        relation: which one.
        file_bytes: the size of its new file.
    """

    relation: Relation
    file_bytes: int


@dataclass(frozen=True, slots=True, order=True)
class Scan:
    """Rows of a relation that a statement read."""

    relation: Relation
    row_count: int


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """One statement.

    Args:
        line: where it begins in its file, counted from one.
        title: its first line.
        locks: what it took, by relation.
        rewrites: what got another file.
        scans: what it read.
        elapsed_ms: on the scratch server, network included.
        wal_bytes: written by the server meanwhile.
    """

    line: int
    title: str
    locks: tuple[Lock, ...]
    rewrites: tuple[Rewrite, ...]
    scans: tuple[Scan, ...]
    elapsed_ms: float
    wal_bytes: int


@dataclass(frozen=True, slots=True)
class RevisionTrace:
    """One revision in one direction.

    Args:
        revision: which one.
        is_upgrade: the direction.
        is_autocommit: whether it is one statement outside a transaction, whose locks are held in
            turn and not until the end.
        statements: in order.
    """

    revision: str
    is_upgrade: bool
    is_autocommit: bool
    statements: tuple[StatementTrace, ...]

    @property
    def direction(self) -> str:
        """Return `up` or `down`."""
        return "up" if self.is_upgrade else "down"

    @property
    def elapsed_ms(self) -> float:
        """How long all statements took."""
        return sum(statement.elapsed_ms for statement in self.statements)

    @property
    def wal_bytes(self) -> int:
        """How much WAL they wrote."""
        return sum(statement.wal_bytes for statement in self.statements)

    @property
    def strongest(self) -> tuple[Lock, ...]:
        """The strongest lock on each relation of others; harmless ones are left out.

        Whoever uses a table waits for its indexes and partitions too, so a lock on one of those
        counts as one on the table. Not so without a transaction: an index is locked when nobody
        uses it any more, and a partition alone.
        """
        modes: dict[str, Lock] = {}
        for lock in self._locks():
            relation = lock.relation
            if relation.is_own or not lock.mode.is_felt:
                continue
            if self.is_autocommit and relation.kind == "index":
                continue
            if relation.part_of and not self.is_autocommit:
                relation = Relation(relation.part_of, "table")
            known = modes.get(relation.name)
            if known is None or known.mode < lock.mode:
                modes[relation.name] = Lock(relation, lock.mode)
        return tuple(lock for _, lock in sorted(modes.items()))

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """What others own and this rewrote, the last size of each."""
        found = {
            one.relation: one
            for statement in self.statements
            for one in statement.rewrites
            if not one.relation.is_own
        }
        return tuple(sorted(found.values()))

    @property
    def scans(self) -> tuple[Scan, ...]:
        """Rows read of relations of others."""
        counts: dict[Relation, int] = {}
        for statement in self.statements:
            for one in statement.scans:
                if not one.relation.is_own:
                    counts[one.relation] = counts.get(one.relation, 0) + one.row_count
        return tuple(Scan(relation, count) for relation, count in sorted(counts.items()))

    def taker(self, lock: Lock) -> StatementTrace:
        """Return the first statement that took a lock of `strongest`."""
        return next(
            statement
            for statement in self.statements
            for one in statement.locks
            if one.mode is lock.mode
            and lock.relation.name in (one.relation.name, one.relation.part_of)
        )

    def held_ms(self, lock: Lock) -> float:
        """Return for how long a lock of `strongest` was held: to the end of its transaction."""
        first = self.statements.index(self.taker(lock))
        return sum(statement.elapsed_ms for statement in self.statements[first:])

    def as_json(self) -> dict[str, Any]:
        """Return plain values, locks by their SQL names."""
        return {
            "revision": self.revision,
            "direction": self.direction,
            "autocommit": self.is_autocommit,
            "elapsed_ms": round(self.elapsed_ms, 3),
            "wal_bytes": self.wal_bytes,
            "statements": [_statement_json(statement) for statement in self.statements],
        }

    def _locks(self) -> Iterator[Lock]:
        for statement in self.statements:
            yield from statement.locks


def _statement_json(statement: StatementTrace) -> dict[str, Any]:
    return {
        "line": statement.line,
        "title": statement.title,
        "elapsed_ms": round(statement.elapsed_ms, 3),
        "wal_bytes": statement.wal_bytes,
        "locks": [{**asdict(lock.relation), "mode": str(lock.mode)} for lock in statement.locks],
        "rewrites": [
            {**asdict(one.relation), "file_bytes": one.file_bytes} for one in statement.rewrites
        ],
        "scans": [{**asdict(one.relation), "rows": one.row_count} for one in statement.scans],
    }
