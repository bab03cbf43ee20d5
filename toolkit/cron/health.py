"""Health: is a job doing what its schedule promises?

Pure: the clock is the board's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from toolkit.cron.jobs import Board, Job
from toolkit.cron.schedule import ScheduleUnreadable

# A run may queue behind another before anybody calls it late.
_SHORTEST_GRACE, _LONGEST_GRACE = timedelta(minutes=2), timedelta(minutes=15)


class State(StrEnum):
    """What an operator has to know of a job."""

    FINE = "fine"
    RUNNING = "running"
    WAITING = "waiting for its first run"
    PAUSED = "paused"
    OVERDUE = "overdue"
    FAILING = "failing"
    BROKEN = "cannot run"


BAD = frozenset({State.OVERDUE, State.FAILING, State.BROKEN})


@dataclass(frozen=True, slots=True)
class Health:
    """One job's.

    Args:
        job: which.
        state: in a word.
        reason: what makes it bad; empty otherwise.
        next_run: when it is due next; None when nothing will run it.
        period: the longest time between two neighbouring runs; None without a clock.
    """

    job: Job
    state: State
    reason: str
    next_run: datetime | None
    period: timedelta | None

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to act."""
        return self.state in BAD


def judge(board: Board, job: Job) -> Health:
    """Judge one job by its schedule, its role, its runs and the launcher.

    A paused job is neither overdue nor failing: somebody wanted it so. A job is overdue when the
    last time it was due, less a grace of at most 15 minutes, has seen no success since.
    """
    try:
        next_run, period = job.when.next_after(board.now), job.when.period_from(board.now)
        due = job.when.last_before(board.now - _grace(period))
    except ScheduleUnreadable as error:
        return Health(job, State.BROKEN, error.message, None, None)
    if not job.is_active:
        return Health(job, State.PAUSED, "", None, period)
    state, reason = _state(board, job, due)
    return Health(job, state, reason, None if state is State.BROKEN else next_run, period)


def _state(board: Board, job: Job, due: datetime | None) -> tuple[State, str]:
    broken = _why_broken(board, job)
    if broken:
        return State.BROKEN, broken
    if job.failure_count:
        times = f"{job.failure_count} time{'' if job.failure_count == 1 else 's'}"
        message = " ".join((job.last_message or "its process is gone, and said nothing").split())
        return State.FAILING, f"failed {times} since its last success: {message}"
    if due is not None and _is_overdue(job, due):
        since = "never" if job.last_success is None else f"last {job.last_success:%Y-%m-%d %H:%M}"
        return State.OVERDUE, f"was due {due:%Y-%m-%d %H:%M}, succeeded {since} GMT"
    if job.is_running:
        return State.RUNNING, ""
    return (State.FINE if job.run_count else State.WAITING), ""


def _why_broken(board: Board, job: Job) -> str:
    if not job.has_role:
        return f"its role {job.role} does not exist; pg_cron's launcher stops over it at a restart"
    if not job.can_login:
        return f"its role {job.role} may not log in"
    if board.version is None:
        return "pg_cron is a stub here: nothing fires by itself, use hephaitos cron run"
    if board.is_launching is False:
        return "pg_cron's launcher is not running: no job fires until the server is restarted"
    return ""


def _is_overdue(job: Job, due: datetime) -> bool:
    if job.last_success is not None:
        return job.last_success < due
    return job.known_since is not None and job.known_since < due


def _grace(period: timedelta | None) -> timedelta:
    return min(max(period or _SHORTEST_GRACE, _SHORTEST_GRACE), _LONGEST_GRACE)
