"""The watch over a transaction: who waits because of it, and for whom it waits itself.

A lock_timeout bounds one wait of ours; what the application feels is how long it stands behind us,
whether we hold a lock or only queue for one, and that adds up over the locks of a transaction. So
a second connection looks at the waits of others, as the server counts them, and cancels our
statement before one of them has lasted longer than the budget.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from toolkit.connect import Connection
from toolkit.runner.sessions import Session, find_sessions
from toolkit.runner.voice import say

# Noticing and cancelling takes time too: this part of the budget is kept for it.
RESERVE = 0.3
_POLLS_IN_BUDGET, _FASTEST_POLL_S, _SLOWEST_POLL_S = 40, 0.02, 0.1
_FIRST_WORD_S, _NEXT_WORD_S = 2.0, 10.0
# Who reads and writes rows asks for these; who waits for a row waits for its transaction.
_LOOK = """
select
    pg_catalog.pg_blocking_pids(%(worker)s) as blockers,
    (
        select coalesce(
            max(extract(epoch from clock_timestamp() - waiting.waitstart)), 0
        )::float
        from pg_catalog.pg_locks as waiting
        where
            not waiting.granted
            and waiting.pid <> %(worker)s
            and (
                waiting.locktype in ('transactionid', 'tuple')
                or waiting.mode in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
            )
            and %(worker)s = any(pg_catalog.pg_blocking_pids(waiting.pid))
    ) as kept_waiting_s
"""


@dataclass(slots=True)
class Observed:
    """What was seen during one attempt.

    Args:
        what: the attempt, for a person.
        kept_waiting_s: the longest that anybody was found waiting for us.
        waited_s: for how long we were found waiting for others.
        blockers: for whom, when last seen.
        interrupted: whether the budget was spent and the statement cancelled.
    """

    what: str
    kept_waiting_s: float = 0.0
    waited_s: float = 0.0
    blockers: tuple[Session, ...] = ()
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)


class Watch:
    """A thread that looks after whatever attempt is running.

    Args:
        connection: the guard's; used by nobody else during an attempt.
        worker_pid: the server process that runs the revisions.
        budget_s: how long others may be kept waiting.
    """

    def __init__(self, connection: Connection, worker_pid: int, budget_s: float) -> None:
        self._connection, self._worker_pid, self._budget_s = connection, worker_pid, budget_s
        self._poll_s = min(max(budget_s / _POLLS_IN_BUDGET, _FASTEST_POLL_S), _SLOWEST_POLL_S)
        self._turn = threading.Lock()
        self._observed: Observed | None = None
        self._next_word_s = _FIRST_WORD_S
        self._ended = threading.Event()
        self.lost: psycopg.Error | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    @contextmanager
    def keeping(self) -> Iterator["Watch"]:
        """Run the thread for the length of a block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            self._thread.join()

    def begin(self, what: str) -> Observed:
        """Look after an attempt from now on."""
        with self._turn:
            self._observed = Observed(what)
            self._next_word_s = _FIRST_WORD_S
            return self._observed

    def end(self) -> None:
        """Look away: after this nothing is cancelled any more."""
        with self._turn:
            self._observed = None

    def _run(self) -> None:
        while not self._ended.wait(self._poll_s):
            with self._turn:
                if self._observed is None or self.lost is not None:
                    continue
                try:
                    self._look(self._observed)
                except psycopg.Error as error:
                    self.lost = error

    def _look(self, observed: Observed) -> None:
        row = self._connection.execute(_LOOK, {"worker": self._worker_pid}).fetchone()
        assert row is not None  # an aggregate always has a row
        blockers, kept_waiting_s = row
        observed.kept_waiting_s = max(observed.kept_waiting_s, kept_waiting_s)
        if blockers:
            observed.waited_s += self._poll_s
            observed.blockers = find_sessions(self._connection, blockers)
        if kept_waiting_s >= self._budget_s * (1 - RESERVE) and not observed.interrupted:
            observed.interrupted = True
            self._connection.execute("select pg_catalog.pg_cancel_backend(%s)", [self._worker_pid])
        if time.monotonic() - observed.began >= self._next_word_s:
            self._next_word_s += _NEXT_WORD_S
            self._report(observed, waits=bool(blockers))

    def _report(self, observed: Observed, *, waits: bool) -> None:
        elapsed_s = time.monotonic() - observed.began
        row = self._connection.execute(
            "select query from pg_catalog.pg_stat_activity where pid = %s", [self._worker_pid]
        ).fetchone()
        statement = _first_line(row[0] if row else "")
        waiting = "; ".join(map(str, observed.blockers)) if waits else ""
        text = f"{observed.what}: {elapsed_s:.0f} s, at: {statement}"
        say(
            "running",
            text + (f"\n  waiting for {waiting}" if waiting else ""),
            revision=observed.what,
            elapsed_s=round(elapsed_s, 1),
            statement=statement,
            waiting_for=[session.pid for session in observed.blockers] if waits else [],
        )


def _first_line(statement: str) -> str:
    return (statement or "").strip().partition("\n")[0]
