"""A workload: one question, and the roads by which a program may come to its answer.

What tables and functions it is about is the tenant's business: a workload is a file of theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from toolkit.bench.client import Client
from toolkit.connect import Connection

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One road to the answer.

    Args:
        name: how reports call it.
        summary: one line about how it works.
        answer: asks the question; the arguments are what the workload's `subject` returned.
        pipelined: whether it sends on while answers come in, so that its round trips are not the
            same each time.
    """

    name: str
    summary: str
    answer: Callable[[Client, Any], Sequence[Row]]
    pipelined: bool = False


class Measure(StrEnum):
    """What a goal is about."""

    TIME = "time"
    BUFFERS = "buffers"


@dataclass(frozen=True, slots=True)
class Goal:
    """How much the candidate may cost, as a multiple of something measured in the same run.

    Args:
        measure: in what.
        most: the largest multiple that will do.
        over: the variant it is a multiple of; the candidate itself for a goal about growth.
        size: of the candidate's answer; the headline size when None.
        over_size: of the other's; the same when None.
    """

    measure: Measure
    most: float
    over: str
    size: int | None = None
    over_size: int | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """A question, its sizes and its variants.

    Args:
        name: the same as its file's.
        question: one line: what is asked, and who asks.
        axis: what a size counts, as a plural noun and a JSON key.
        columns: names of the columns of an answer.
        sizes: the sizes measured at each round-trip time in milliseconds; 0 is no relay at all.
        headline: the size that the speed-up is stated for.
        baseline: the variant others are compared with.
        candidate: the variant the workload recommends; it is also measured twice, as the control.
        subject: finds the arguments of a call whose answer has a given size.
        sign_in: makes a fresh session the caller's own before anything is measured.
        variants: at least the baseline and the candidate.
        floor: the least that the answer can cost, like one select from a table that holds it; not
            a road that anybody could take. None when nobody has said.
        goals: what the workload is held to.
        prepare: makes what is needed beyond the data set, as a superuser in a scratch database,
            however often it is called; None for nothing.
        tidy: takes back what a call wrote, on a connection of its own and outside of counters and
            clocks; None for nothing.
    """

    name: str
    question: str
    axis: str
    columns: tuple[str, ...]
    sizes: Mapping[int, tuple[int, ...]]
    headline: int
    baseline: str
    candidate: str
    subject: Callable[[Connection, int], Any]
    sign_in: Callable[[Connection, Any], None]
    variants: tuple[Variant, ...]
    floor: Variant | None = None
    goals: tuple[Goal, ...] = ()
    prepare: Callable[[Connection], None] | None = None
    tidy: Callable[[Connection, Any], None] | None = None

    def __post_init__(self) -> None:
        named = {self.baseline, self.candidate, *(goal.over for goal in self.goals)}
        missing = named - {variant.name for variant in self.measured}
        if missing:
            raise ValueError(f"workload {self.name} lacks its own variants {sorted(missing)}")

    @property
    def measured(self) -> tuple[Variant, ...]:
        """The variants, and the floor behind them where there is one."""
        return (*self.variants, *((self.floor,) if self.floor else ()))

    def only(self, names: Sequence[str]) -> "Workload":
        """Return the workload with some of its variants, in their order, and no floor or goal."""
        variants = tuple(variant for variant in self.variants if variant.name in names)
        return replace(self, variants=variants, floor=None, goals=())

    @property
    def every_size(self) -> tuple[int, ...]:
        """All sizes, smallest first, each once."""
        return tuple(sorted({size for sizes in self.sizes.values() for size in sizes}))

    def variant(self, name: str) -> Variant:
        """Return a variant by name."""
        return next(variant for variant in self.measured if variant.name == name)
