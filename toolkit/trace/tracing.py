"""Tracing a revision: each of its statements run by itself, and looked at before and after.

Works on a database that can be thrown away. Whoever calls commits, or does not.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg

from toolkit.connect import Connection
from toolkit.script import Statement, split
from toolkit.trace.model import Lock, Mode, Relation, Rewrite, Scan, StatementTrace
from toolkit.trace.observation import Known, Moment, known_relations, look


@dataclass(slots=True)
class Raw:
    """One statement, its relations still by number.

    Args:
        statement: its text and place.
        elapsed_ms: how long it took.
        wal_bytes: written meanwhile.
        locks: relation and mode.
        rewrites: relation and size of the new file.
        scans: relation and rows.
    """

    statement: Statement
    elapsed_ms: float
    wal_bytes: int = 0
    locks: list[tuple[int, Mode]] = field(default_factory=list)
    rewrites: list[tuple[int, int]] = field(default_factory=list)
    scans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def numbers(self) -> set[int]:
        """The relations it touched."""
        return {number for number, _ in (*self.locks, *self.rewrites, *self.scans)}


@dataclass(slots=True)
class _Past:
    """What was there before a statement: files, counters, locks."""

    files: dict[int, int]
    counts: dict[int, int]
    moment: Moment

    def note(self, raw: Raw, after: Moment) -> None:
        """Write down what a statement changed, and remember it for the next one."""
        raw.wal_bytes = after.wal_bytes - self.moment.wal_bytes
        for number, touched in after.touched.items():
            earlier = self.moment.touched.get(number)
            held = earlier.held if earlier else frozenset()
            raw.locks += [(number, mode) for mode in sorted(touched.held - held)]
            read = touched.pending_count - self.counts.get(number, 0)
            if read > 0 and touched.is_table:
                raw.scans.append((number, read))
            self.counts[number] = touched.pending_count
            if touched.file_number:
                if self.files.get(number, touched.file_number) not in (0, touched.file_number):
                    raw.rewrites.append((number, touched.file_bytes))
                self.files[number] = touched.file_number
        self.moment = after


def trace_transaction(
    connection: Connection, text: str, *, is_upgrade: bool
) -> tuple[StatementTrace, ...]:
    """Run a script statement by statement, and say what each did.

    Args:
        connection: not in autocommit mode, as the role that applies revisions.
        text: the frozen file of a revision, without autocommit.
        is_upgrade: the direction; going down, what disappears is what the way up had made.

    Returns:
        A trace a statement. The transaction is still open. One statement more for each.
    """
    # The counters of parallel workers are theirs.
    connection.execute("set local max_parallel_workers_per_gather = 0")
    connection.execute("set local max_parallel_maintenance_workers = 0")
    before = known_relations(connection)
    past = _Past(
        {number: known.file_number for number, known in before.items()},
        {number: known.pending_count for number, known in before.items()},
        look(connection),
    )
    found: list[Raw] = []
    for statement in split(text):
        raw = run_statement(connection, statement)
        past.note(raw, look(connection))
        found.append(raw)
    touched = {number for raw in found for number in raw.numbers}
    names = relations(before, known_relations(connection, touched), is_upgrade=is_upgrade)
    return tuple(finished(raw, names) for raw in found)


def run_statement(connection: Connection, statement: Statement) -> Raw:
    """Run one statement and take its time."""
    began = time.perf_counter()
    # As bytes: a % is just text, and nothing is a parameter.
    try:
        connection.execute(statement.text.encode())
    except psycopg.Error as error:
        error.add_note(f"line {statement.line}: {statement.title}")
        raise
    return Raw(statement, 1000 * (time.perf_counter() - began))


def relations(
    before: Mapping[int, Known], now: Mapping[int, Known], *, is_upgrade: bool
) -> dict[int, Relation]:
    """Name relations and say which of them are the revision's own."""
    found = {}
    for number, known in {**before, **now}.items():
        made, gone = number not in before, number not in now
        is_own = made or (gone and not is_upgrade)
        found[number] = Relation(known.name, known.kind, known.part_of, is_own=is_own)
    return found


def finished(raw: Raw, names: Mapping[int, Relation]) -> StatementTrace:
    """Return a trace with names; what has none was made and dropped again."""
    rewritten = {names[number].name for number, _ in raw.rewrites if number in names}
    return StatementTrace(
        line=raw.statement.line,
        title=raw.statement.title,
        locks=tuple(sorted(Lock(names[n], mode) for n, mode in raw.locks if n in names)),
        rewrites=tuple(
            sorted(
                Rewrite(names[n], size)
                for n, size in raw.rewrites
                # An index that is built again with its table is no news, nor is a sequence.
                if n in names and names[n].part_of not in rewritten and names[n].kind != "sequence"
            )
        ),
        scans=tuple(sorted(Scan(names[n], rows) for n, rows in raw.scans if n in names)),
        elapsed_ms=raw.elapsed_ms,
        wal_bytes=raw.wal_bytes,
    )
