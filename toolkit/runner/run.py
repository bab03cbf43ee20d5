"""One run: the turn, the gates, and every step in a transaction that may be tried again.

Alembic executes the steps and keeps its version table; what is here happens around and inside its
transactions, through its public hooks.
"""

import re
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep

from toolkit.connect import Connection
from toolkit.cron import READABLE, refuse_readable_commands, refuse_schedule
from toolkit.errors import HistoryError, ToolkitError
from toolkit.history import AUTOCOMMIT, frozen_of
from toolkit.runner import segments
from toolkit.runner.alarms import Alarms
from toolkit.runner.attempts import Attempts, connection_lost, driver_error
from toolkit.runner.late_bound import BodyGuard
from toolkit.runner.options import RunOptions
from toolkit.runner.outcome import StepTaken
from toolkit.runner.outlook import BASE
from toolkit.runner.proof import Gate
from toolkit.runner.run_log import Plan, RunLog
from toolkit.runner.steps import Asked, destination, origin, remaining
from toolkit.runner.voice import say
from toolkit.runner.watch import RESERVE, Observed, Watch
from toolkit.script import split

# PostgREST keeps the schema in memory until it is told; it listens as the role of this name.
_TELL_POSTGREST = """
select pg_catalog.pg_notify('pgrst', 'reload schema')
where pg_catalog.to_regrole('authenticator') is not null
"""
# `rollback to` a savepoint stays inside.
_ENDS_TRANSACTION = re.compile(
    r"(begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+to))\b",
    re.IGNORECASE,
)


class Run:
    """Applies what was asked, step by step.

    Args:
        context: Alembic's environment, configured for the worker's connection.
        worker: the connection under it.
        asked: the steps and how they were resolved.
        options: what the run may do.
        gate: the fingerprint gate; None when it is off.
        watch: looks after the worker.
        log: the run's entry; None when none is kept.
    """

    def __init__(
        self,
        context: EnvironmentContext,
        worker: Connection,
        asked: Asked,
        options: RunOptions,
        *,
        gate: Gate | None,
        watch: Watch,
        log: RunLog | None,
    ) -> None:
        self._context, self._worker, self._asked, self._options = context, worker, asked, options
        self._gate, self._watch, self._log = gate, watch, log
        self._pending: deque[MigrationStep] = deque()
        self._alarms = Alarms(worker)
        self._observed = Observed("")
        self._attempts: Attempts | None = None
        self._bodies: BodyGuard | None = None
        self.taken: list[StepTaken] = []
        self.reached: str | None = None

    def apply(self, pending: list[MigrationStep], current: str | None) -> None:
        """Run all steps.

        Raises:
            ToolkitError: a step was refused or failed; those before it stay applied.
        """
        self._pending, self.reached = deque(pending), current
        for step in pending:
            check_form(step)
        while self._pending:
            try:
                self._context.run_migrations()
            except Exception as error:
                self._watch.end()
                self._rollback()
                cause = driver_error(error)
                if cause is None or self._attempts is None:
                    raise
                if not self._worker.closed:
                    refuse_schedule(self._worker, cause)
                self._attempts.add(self._observed)
                self._attempts.pause_after(cause, self._observed)

    def steps(self, heads: Any, _context: MigrationContext) -> Iterator[MigrationStep]:
        """Hand Alembic a step at a time; it comes back for the next when one is committed."""
        current = heads[0] if heads else None
        self._pending = deque(remaining(self._pending, current, self._context.script))
        while self._pending:
            step = self._pending[0]
            self._begin(step)
            yield step
            self._finish(self._pending.popleft())

    def before_commit(self) -> None:
        """Judge what the step's transaction made, while it can still be rolled back.

        Raises:
            ToolkitError: it may not be committed.
        """
        if self._watch.lost is not None:
            raise connection_lost(self._observed.what, self._watch.lost)
        reached = self._pending[0]
        self._alarms.check(self._observed.what)
        if self._gate is not None:
            self._gate.check_after(self._worker, destination(reached))
        if self._bodies is not None:
            self._bodies.check(self._worker, self._observed.what)
        # In one round trip: a network between us is paid for once.
        with self._worker.pipeline():
            readable = self._worker.execute(READABLE)
            self._worker.execute(_TELL_POSTGREST)
            if self._log is not None:
                self._log.record(self._worker, self._step_taken(destination(reached)))
        if readable.fetchone() == (True,):
            refuse_readable_commands(self._worker)

    def _begin(self, step: MigrationStep) -> None:
        what = _named(step)
        if self._attempts is None or self._attempts.what != what:
            self._attempts = Attempts(
                what, self.reached or BASE, self._options.retry_for, time.monotonic()
            )
            say("step", what, revision=destination(step) or BASE)
        self._alarms.clear()
        self._bodies = self._guarded(step, what)
        self._observed = self._watch.begin(what)

    def _guarded(self, step: MigrationStep, what: str) -> BodyGuard | None:
        """Look at the bodies that a way up could break; the way back is never closed."""
        if not (self._options.fingerprint and isinstance(step, RevisionStep) and step.is_upgrade):
            return None
        return BodyGuard.before(self._worker, what, _text_of(step))

    def _finish(self, step: MigrationStep) -> None:
        self._watch.end()
        assert self._attempts is not None  # set when the step began
        self.reached = destination(step)
        taken = self._step_taken(self.reached)
        self.taken.append(taken)
        say(
            "applied",
            f"{self._attempts.what}: done in {taken.elapsed_ms:.0f} ms",
            revision=self.reached or BASE,
            elapsed_ms=round(taken.elapsed_ms, 1),
            attempts=taken.attempts,
            kept_waiting_ms=round(taken.kept_waiting_ms, 1),
        )
        self._attempts = None

    def _step_taken(self, revision: str | None) -> StepTaken:
        attempts, observed = self._attempts, self._observed
        assert attempts is not None  # set when the step began
        return StepTaken(
            step_no=len(self.taken) + 1,
            revision=revision,
            elapsed_ms=1000 * (time.monotonic() - attempts.began),
            attempts=attempts.count + 1,
            waited_ms=1000 * (attempts.waited_s + observed.waited_s),
            kept_waiting_ms=1000 * max(attempts.kept_waiting_s, observed.kept_waiting_s),
        )

    def _rollback(self) -> None:
        connection = self._context.get_bind()
        assert isinstance(connection, sqlalchemy.Connection)
        if not self._worker.closed:
            connection.rollback()


def check_form(step: MigrationStep) -> None:
    """Refuse a file that could be neither rolled back nor judged, before anything is run.

    Raises:
        HistoryError: it ends its own transaction, or the catalog could not judge it.
    """
    text = _text_of(step)
    if text.startswith(AUTOCOMMIT):
        segments.parse(text)
        return
    for statement in split(text):
        if _ENDS_TRANSACTION.match(statement.text):
            raise HistoryError(
                f"{_named(step)} ends the transaction it runs in",
                detail=f"line {statement.line} is: {statement.title}",
                hint="Leave begin and commit to the runner; what cannot run inside a transaction "
                "is a revision of its own, with -- autocommit as its first line.",
            )


def segment_of(step: MigrationStep) -> segments.Segment | None:
    """Return the one statement of a step that runs outside a transaction; None for any other.

    Raises:
        HistoryError: the catalog could not judge it.
    """
    text = _text_of(step)
    return segments.parse(text) if text.startswith(AUTOCOMMIT) else None


def _text_of(step: MigrationStep) -> str:
    """Return the frozen SQL of a step; empty when it is written some other way."""
    frozen = frozen_of(step.revision) if isinstance(step, RevisionStep) else None
    return frozen.text(upgrade=step.is_upgrade) if frozen is not None else ""


def check_before(gate: Gate, worker: Connection, first: MigrationStep, current: str | None) -> None:
    """Compare a database with its revision, knowing what a killed runner may have left there.

    A statement outside a transaction is done, or half done, before its revision is written down.

    Raises:
        ToolkitError: the database is something else.
    """
    segment = segment_of(first)
    if segment is None:
        gate.check_before(worker, current)
        return
    is_done = segments.judge(worker, segment) is segments.State.DONE
    unfinished = segments.unfinished(worker, segment)
    worker.rollback()
    at = destination(first) if is_done else current
    gate.check_before(worker, at, unfinished=unfinished)


def run_alone(worker: Connection, text: str, *, options: RunOptions) -> None:
    """Run an autocommit file under the limits of such a statement.

    Its locks stop neither readers nor writers, so it may wait for old transactions for long.
    """
    milliseconds = int(1000 * options.concurrent_limit)
    worker.execute("set lock_timeout = 0")
    worker.execute(f"set statement_timeout = {milliseconds}".encode())
    try:
        segments.run_alone(worker, text)
    finally:
        if not worker.closed:
            limit_waits(worker, options)


def limit_waits(worker: Connection, options: RunOptions) -> None:
    """Set what bounds every transaction of the worker, whatever the role's own settings are."""
    worker.execute("set statement_timeout = 0")
    milliseconds = int(1000 * options.lock_budget * (1 - RESERVE))
    worker.execute(f"set lock_timeout = {milliseconds}".encode())


def plan_of(asked: Asked, pending: list[MigrationStep], current: str | None) -> Plan:
    """Say what a run is about to do, for its log."""
    is_upgrade = isinstance(pending[0], RevisionStep) and pending[0].is_upgrade
    direction = "upgrade" if is_upgrade else "downgrade"
    return Plan(direction, current, asked.target)


def failure_text(error: BaseException) -> str:
    """Return what the log keeps of a failure."""
    if isinstance(error, ToolkitError):
        return f"{error.message}; {error.detail}"
    return f"{type(error).__name__}: {error}"


def _named(step: MigrationStep) -> str:
    if isinstance(step, RevisionStep) and step.is_upgrade:
        return f"revision {step.revision.revision}"
    return f"back from {origin(step) or BASE} to {destination(step) or BASE}"
