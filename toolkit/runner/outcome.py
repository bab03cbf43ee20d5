"""The outcome: where a run left the database, and what each step cost. Plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How a run that did not fail came to its end."""

    DONE = "done"
    NOTHING_TO_DO = "nothing to do"
    DONE_BY_ANOTHER = "done by another runner"
    NOT_WANTED = "not wanted"


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One revision applied or taken back, with what it cost; times in milliseconds.

    Args:
        step_no: counted from one.
        revision: where the database was afterwards; None before the first revision.
        elapsed_ms: from its first attempt to its end.
        attempts: how often its transaction was begun.
        waited_ms: for how long it was found in somebody's queue.
        kept_waiting_ms: the longest that anybody was found waiting for it.
    """

    step_no: int
    revision: str | None
    elapsed_ms: float
    attempts: int
    waited_ms: float
    kept_waiting_ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that is over.

    Args:
        ending: how.
        start: where the database was; None before the first revision.
        reached: where it is now.
        steps: what this run did itself.
    """

    ending: Ending
    start: str | None
    reached: str | None
    steps: tuple[StepTaken, ...] = ()
