"""Tracing a statement that runs outside a transaction, and lets go of its locks by itself.

Afterwards nothing is left to look at, so it is made to stop on the way: it has to wait for every
reader that was there before it. One reader is let go, and it comes as far as the next one, which
came meanwhile; at each stop its locks are read from outside.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psycopg

from toolkit.connect import Connection
from toolkit.script import split
from toolkit.trace.model import Mode, StatementTrace
from toolkit.trace.observation import MODES, Known, known_relations, look
from toolkit.trace.tracing import Raw, finished, relations, run_statement

_PAUSE_S = 0.002
_SOME_WAIT = "20ms"
_LOCKS = b"""
select pg_locks.relation::bigint, pg_locks.mode
from pg_catalog.pg_locks
where pg_locks.pid = %(pid)s and pg_locks.locktype = 'relation' and pg_locks.relation >= 16384
"""
_WAITS = b"select %(reader)s = any(pg_catalog.pg_blocking_pids(%(pid)s))"


def trace_alone(
    connection: Connection, text: str, *, is_upgrade: bool, connect_reader: Callable[[], Connection]
) -> tuple[StatementTrace, ...]:
    """Run an autocommit file, and say what it did.

    Args:
        connection: in autocommit mode, as the role that applies revisions.
        text: the file, whose statement nobody else hinders.
        is_upgrade: the direction.
        connect_reader: opens a connection, not in autocommit mode, that may read every table.

    Returns:
        One trace. The time for which it was made to wait is not counted.
    """
    (statement,) = split(text)
    connection.execute("set max_parallel_maintenance_workers = 0")
    before, written = _counted(connection), look(connection).wal_bytes
    pid = connection.info.backend_pid
    with ExitStack() as stack, ThreadPoolExecutor(1) as thread:
        observer = stack.enter_context(connect_reader())
        observer.autocommit = True
        readers = _Readers(stack, connect_reader, tuple(before.values()))
        held: dict[tuple[int, Mode], None] = {}
        readers.come()
        running = thread.submit(run_statement, connection, statement)
        raw, stopped_s = _watch(running, observer, readers, pid, held)
    after, raw.wal_bytes = _counted(connection), look(connection).wal_bytes - written
    raw.elapsed_ms = max(0.0, raw.elapsed_ms - 1000 * stopped_s)
    raw.locks += sorted(held)
    _compare(raw, before, after)
    return (finished(raw, relations(before, after, is_upgrade=is_upgrade)),)


class _Readers:
    """Sessions that read every table, one after the other, so that one is always there.

    Args:
        stack: closes them.
        connect_reader: opens one.
        tables: what to read.
    """

    def __init__(
        self, stack: ExitStack, connect_reader: Callable[[], Connection], tables: tuple[Known, ...]
    ) -> None:
        self._stack, self._connect = stack, connect_reader
        self._reading = "; ".join(
            f"select from {one.name} limit 0" for one in tables if one.kind == "table"
        )
        self._present: Connection | None = None

    @property
    def pid(self) -> int:
        """The one that is there."""
        assert self._present is not None  # one has come
        return self._present.info.backend_pid

    def come(self) -> None:
        """Let another one come, and then the one before go."""
        reader = self._stack.enter_context(self._connect())
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select pg_catalog.pg_backend_pid()")
        # What the statement waits for already, nobody gets behind it; then that stop was the last.
        with suppress(psycopg.errors.LockNotAvailable), reader.transaction():
            reader.execute(f"set local lock_timeout = '{_SOME_WAIT}'")
            reader.execute(self._reading.encode())
        if self._present is not None:
            self._present.close()
        self._present = reader

    def go(self) -> None:
        """Let the last one go."""
        if self._present is not None:
            self._present.close()


def _watch(
    running: "Future[Raw]",
    observer: Connection,
    readers: _Readers,
    pid: int,
    held: dict[tuple[int, Mode], None],
) -> tuple[Raw, float]:
    """Follow the statement from stop to stop; return what it did and how long it was stopped."""
    stopped_s = 0.0
    try:
        while not running.done():
            held |= _locks(observer, pid)
            began = time.perf_counter()
            row = observer.execute(_WAITS, {"reader": readers.pid, "pid": pid}).fetchone()
            if row == (True,):
                held |= _locks(observer, pid)
                readers.come()
                stopped_s += time.perf_counter() - began
            else:
                time.sleep(_PAUSE_S)
    finally:
        readers.go()
    return running.result(), stopped_s


def _locks(observer: Connection, pid: int) -> dict[tuple[int, Mode], None]:
    rows = observer.execute(_LOCKS, {"pid": pid}).fetchall()
    return {(number, MODES[mode]): None for number, mode in rows}


def _counted(connection: Connection) -> dict[int, Known]:
    """Name all relations, with every scan of this session added up."""
    connection.execute("select pg_catalog.pg_stat_force_next_flush()")
    return known_relations(connection)


def _compare(raw: Raw, before: dict[int, Known], after: dict[int, Known]) -> None:
    for number, known in after.items():
        earlier = before.get(number)
        if earlier is None:
            continue
        if known.kind == "table" and known.counted > earlier.counted:
            raw.scans.append((number, known.counted - earlier.counted))
        if earlier.file_number not in (0, known.file_number):
            raw.rewrites.append((number, 0))
