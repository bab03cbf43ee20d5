"""Attempts: which failures of a transaction are worth another try, when, and what is said."""

import random
import time
from dataclasses import dataclass

import psycopg
import sqlalchemy.exc

from toolkit.errors import ToolkitError
from toolkit.runner.sessions import Session
from toolkit.runner.voice import say
from toolkit.runner.watch import Observed

# A lock that did not come in time, a deadlock, a serialization failure. What the watch cancels
# arrives as 57014, and so does a person's own cancelling, which is no reason to try again.
RETRYABLE = {"55P03": "a lock did not come", "40P01": "deadlock", "40001": "serialization failure"}
_CANCELED = "57014"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0


class LocksNotFree(ToolkitError):
    """The locks of a transaction were not free within the total."""


class RevisionFailed(ToolkitError):
    """A statement of a revision failed for a reason that trying again does not change."""


class ConnectionLost(ToolkitError):
    """The server or the network went away in the middle of a run."""


@dataclass(slots=True)
class Attempts:
    """The tries of one transaction.

    Args:
        what: the step, for a person.
        stays_at: where the database is while it fails.
        total_s: for how long to try.
        began: when the first try began, by time.monotonic.
        count: tries so far.
        waited_s: for how long they stood in somebody's queue.
        kept_waiting_s: the longest that anybody stood behind them.
        was_interrupted: whether one of them was cancelled for that.
    """

    what: str
    stays_at: str
    total_s: float
    began: float
    count: int = 0
    waited_s: float = 0.0
    kept_waiting_s: float = 0.0
    was_interrupted: bool = False

    def add(self, observed: Observed) -> None:
        """Count a try that is over."""
        self.count += 1
        self.waited_s += observed.waited_s
        self.kept_waiting_s = max(self.kept_waiting_s, observed.kept_waiting_s)

    def pause_after(self, error: psycopg.Error, observed: Observed) -> None:
        """Wait before another try, or refuse to make one.

        Raises:
            LocksNotFree: the total is spent.
            ConnectionLost: there is no connection to try on.
            RevisionFailed: the same would happen again.
        """
        self.was_interrupted |= observed.interrupted
        reason = RETRYABLE.get(error.sqlstate or "")
        # A cancel that comes late meets the next try.
        if self.was_interrupted and error.sqlstate == _CANCELED:
            reason = "others waited too long"
        if reason is None:
            raise self._failure(error) from error
        spent_s = time.monotonic() - self.began
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**self.count) * random.uniform(0.5, 1)
        if spent_s + pause_s >= self.total_s:
            raise self._exhausted(reason, observed.blockers, spent_s) from error
        say(
            "blocked",
            f"{self.what}: {reason}; rolled back, try {self.count + 1} in {pause_s:.1f} s"
            + _named(observed.blockers),
            revision=self.what,
            sqlstate=error.sqlstate,
            attempt=self.count,
            kept_waiting_ms=round(observed.kept_waiting_s * 1000),
            blockers=[blocker.pid for blocker in observed.blockers],
        )
        time.sleep(pause_s)

    def _exhausted(
        self, reason: str, blockers: tuple[Session, ...], spent_s: float
    ) -> LocksNotFree:
        who = "; ".join(map(str, blockers)) or "nobody who still waits or holds"
        remedies = " ".join(blocker.remedy for blocker in blockers)
        return LocksNotFree(
            f"{self.what}: {reason}, {self.count} times in {spent_s:.0f} s",
            detail=f"nothing of it was applied, the database stays at {self.stays_at}; "
            f"in the way: {who}",
            hint=f"Run it again when they are gone, or end them: {remedies}"
            if remedies
            else "Run it again at a quieter hour.",
        )

    def _failure(self, error: psycopg.Error) -> ToolkitError:
        if is_lost(error):
            return connection_lost(self.what, error)
        place = "; ".join(getattr(error, "__notes__", ()))
        detail = f"SQLSTATE {error.sqlstate}, the database stays at {self.stays_at}"
        return RevisionFailed(
            f"{self.what} failed: {error.diag.message_primary}",
            detail="; ".join(filter(None, [detail, place, error.diag.message_detail])),
            hint=error.diag.message_hint
            or "Nothing of this step was kept; correct the cause, then run the command again.",
        )


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether an error means that there is no connection any more."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))


def connection_lost(what: str, error: psycopg.Error) -> ConnectionLost:
    """Return what to tell whoever was at `what` when the server went away."""
    return ConnectionLost(
        f"{what}: the connection was lost",
        detail=" ".join(str(error).split()),
        hint="Run the command again when the server answers: it goes on from where the "
        "database is.",
    )


def driver_error(error: Exception) -> psycopg.Error | None:
    """Return psycopg's error, also out of SQLAlchemy's; None when it is none."""
    if isinstance(error, sqlalchemy.exc.DBAPIError) and isinstance(error.orig, psycopg.Error):
        return error.orig
    return error if isinstance(error, psycopg.Error) else None


def _named(blockers: tuple[Session, ...]) -> str:
    return "".join(f"\n  waiting for {one}\n  to end it: {one.remedy}" for one in blockers)
