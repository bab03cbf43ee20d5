"""Goals: how much the candidate may cost, beside what was measured in the same run.

Pure.
"""

from dataclasses import dataclass

from toolkit.bench.result import Benchmark, Cell
from toolkit.bench.workload import Goal, Measure

_WORDS = {Measure.TIME: "time", Measure.BUFFERS: "buffers"}


@dataclass(frozen=True, slots=True)
class Held:
    """One goal beside what was measured.

    Args:
        what: the goal in words.
        most: the multiple that was allowed.
        value: the multiple that was found.
    """

    what: str
    most: float
    value: float

    @property
    def reached(self) -> bool:
        """Whether it was enough."""
        return self.value <= self.most

    def as_json(self) -> dict[str, object]:
        """Return plain values."""
        return {
            "goal": self.what,
            "at_most": self.most,
            "found": round(self.value, 3),
            "reached": self.reached,
        }


def hold(benchmark: Benchmark) -> tuple[Held, ...]:
    """Hold a run to its goals, as near to the server as it was measured.

    Returns:
        One entry for each goal whose two sides were measured. Times are those of the shortest
        calls: whatever else the machine does only ever makes a call longer.
    """
    nearest = min((cell.rtt_ms for cell in benchmark.cells), default=0)
    found = (_hold(benchmark, goal, nearest) for goal in benchmark.goals)
    return tuple(held for held in found if held is not None)


def _hold(benchmark: Benchmark, goal: Goal, rtt_ms: int) -> Held | None:
    size = benchmark.headline if goal.size is None else goal.size
    over_size = size if goal.over_size is None else goal.over_size
    mine = benchmark.cell(benchmark.candidate, rtt_ms=rtt_ms, size=size)
    other = benchmark.cell(goal.over, rtt_ms=rtt_ms, size=over_size)
    if mine is None or other is None or not _amount(other, goal.measure):
        return None
    other_words = f"{goal.over} at {over_size:,}" if over_size != size else goal.over
    return Held(
        f"{_WORDS[goal.measure]} at {size:,} {benchmark.axis}, over {other_words}",
        goal.most,
        _amount(mine, goal.measure) / _amount(other, goal.measure),
    )


def _amount(cell: Cell, measure: Measure) -> float:
    if measure is Measure.BUFFERS:
        return cell.cost.buffers
    return min(cell.timing.samples_ms, default=cell.timing.p50_ms)
