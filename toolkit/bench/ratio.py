"""How many times one call takes what another does, and how sure that is.

Pure. The bounds are those of both medians by order statistics, so they suppose nothing about how
times are spread: they hold in 95 of 100 runs and more, and are wide where samples are few.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.96
# What interleaved halves of the same call may differ by on an ordinary machine.
_NOISE = 0.05


@dataclass(frozen=True, slots=True)
class Ratio:
    """One median over another.

    Args:
        value: of the samples.
        low: what it may really be, at the least.
        high: at the most.
    """

    value: float
    low: float
    high: float

    def tells(self, noise: float = 0.0) -> bool:
        """Return whether the two differ by more than chance and noise explain.

        Args:
            noise: how far from 1 the run's own control was.
        """
        margin = max(noise, _NOISE)
        return self.high < 1 - margin or self.low > 1 + margin


def ratio_of(mine: Sequence[float], others: Sequence[float]) -> Ratio:
    """Compare two sets of samples, each of at least one. O(n log n)."""
    my_low, my_high = _median_bounds(mine)
    other_low, other_high = _median_bounds(others)
    return Ratio(
        statistics.median(mine) / statistics.median(others),
        my_low / other_high,
        my_high / other_low,
    )


def _median_bounds(samples: Sequence[float]) -> tuple[float, float]:
    """Return the two samples between which the median lies in 95 of 100 runs."""
    ordered, count = sorted(samples), len(samples)
    rank = max(0, int((count - _Z * math.sqrt(count)) / 2) - 1)
    return ordered[rank], ordered[count - 1 - rank]
