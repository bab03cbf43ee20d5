"""Timing of several calls side by side, within a time that was set beforehand.

Samples of all calls are interleaved, so that a slow second of the machine hits each alike. Knows
nothing of databases: a call is any function without arguments.
"""

import random
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from toolkit.bench.progress import Progress
from toolkit.bench.result import Timing

Call = Callable[[], object]
# What a call goes by: a name, or a name and a size.
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much time to spend.

    Args:
        budget_s: for the samples of one call at one size and round-trip time.
        least: samples taken even when they cost more than the budget.
        most: samples after which more would not tell more.
        warm_up_s: for calls that are not counted, before the first sample; at least one is made.
        warm_up_calls: at most so many; PL/pgSQL settles on a plan after five.
    """

    budget_s: float = 0.3
    least: int = 5
    most: int = 50
    warm_up_s: float = 0.1
    warm_up_calls: int = 8

    def repetitions(self, call_s: float) -> int:
        """Return how many samples of a call of this length to take."""
        return max(self.least, min(self.most, int(self.budget_s / call_s)))


def time_together(
    calls: Mapping[K, Call],
    pace: Pace,
    *,
    stage: str,
    progress: Progress,
    tidy: Mapping[K, Call] = MappingProxyType({}),
) -> dict[K, Timing]:
    """Time some calls, interleaved.

    Args:
        calls: c calls by name.
        pace: how much time to spend; the whole takes about c times its two budgets, or
            `least` samples of each call if that is longer.
        stage: how progress calls this.
        progress: told after each round.
        tidy: what to do after a call of that name, untimed.

    Returns:
        One timing for each name.
    """
    repetitions = {
        name: pace.repetitions(_warm_up(call, pace, tidy.get(name))) for name, call in calls.items()
    }
    rounds = plan_rounds(repetitions)
    samples_ms: dict[K, list[float]] = {name: [] for name in calls}
    for done, names in enumerate(rounds, start=1):
        for name in names:
            samples_ms[name].append(_elapsed_s(calls[name], tidy.get(name)) * 1_000)
        progress(stage, done=done, total=len(rounds))
    return {name: summarise(samples) for name, samples in samples_ms.items()}


def plan_rounds(repetitions: Mapping[K, int], *, seed: int = 0) -> list[list[K]]:
    """Spread samples over rounds.

    Each call appears at most once a round; a call with fewer samples than others sits out rounds
    at even distances, so its samples span the whole time too. The order within a round is random,
    lest one call always follows the same other.

    Args:
        repetitions: samples wanted of each call.
        seed: of the random order.

    Returns:
        As many rounds as the largest number of samples, each a list of names.
    """
    chance = random.Random(seed)
    total = max(repetitions.values())
    rounds = []
    for turn in range(total):
        names = [
            name
            for name, count in repetitions.items()
            if (turn + 1) * count // total > turn * count // total
        ]
        chance.shuffle(names)
        rounds.append(names)
    return rounds


def summarise(samples_ms: list[float]) -> Timing:
    """Return median and 95th percentile (linear between the two nearest samples) of 2 or more."""
    return Timing(
        p50_ms=statistics.median(samples_ms),
        p95_ms=statistics.quantiles(samples_ms, n=20, method="inclusive")[-1],
        repetitions=len(samples_ms),
        samples_ms=tuple(samples_ms),
    )


def _warm_up(call: Call, pace: Pace, tidy: Call | None) -> float:
    """Call until warm; return the length of the shortest call in seconds."""
    lengths_s: list[float] = []
    while not lengths_s or (
        sum(lengths_s) < pace.warm_up_s and len(lengths_s) < pace.warm_up_calls
    ):
        lengths_s.append(_elapsed_s(call, tidy))
    return min(lengths_s)


def _elapsed_s(call: Call, tidy: Call | None) -> float:
    begun = time.perf_counter()
    call()
    elapsed_s = time.perf_counter() - begun
    if tidy:
        tidy()
    return elapsed_s
