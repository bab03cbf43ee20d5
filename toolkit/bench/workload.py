"""A workload: one question, and the roads by which a program may come to its answer.

What tables and functions it is about is the tenant's business: a workload is a file of theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    """

    name: str
    summary: str
    answer: Callable[[Client, Any], Sequence[Row]]


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

    def __post_init__(self) -> None:
        missing = {self.baseline, self.candidate} - {variant.name for variant in self.variants}
        if missing:
            raise ValueError(f"workload {self.name} lacks its own variants {sorted(missing)}")

    @property
    def every_size(self) -> tuple[int, ...]:
        """All sizes, smallest first, each once."""
        return tuple(sorted({size for sizes in self.sizes.values() for size in sizes}))

    def variant(self, name: str) -> Variant:
        """Return a variant by name."""
        return next(variant for variant in self.variants if variant.name == name)
