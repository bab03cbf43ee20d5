"""What a benchmark found, and its JSON: values only."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from toolkit.bench.ratio import Ratio, ratio_of
from toolkit.bench.workload import Goal


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs, exactly: these figures do not depend on the machine or on chance.

    Args:
        round_trips: times the client waited for the server.
        statements: sent by the client.
        nested_statements: run inside functions.
        buffers: 8 kB pages the server looked at.
        bytes_out: sent by the client.
        bytes_in: received by it.
    """

    round_trips: int
    statements: int
    nested_statements: int
    buffers: int
    bytes_out: int
    bytes_in: int


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one call takes here and now.

    Args:
        p50_ms: half of the calls took at most this long.
        p95_ms: 95 of 100 did, interpolated.
        repetitions: how many calls both rest on.
        samples_ms: their lengths, in the order they were made.
    """

    p50_ms: float
    p95_ms: float
    repetitions: int
    samples_ms: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant at one size and one round-trip time."""

    variant: str
    rtt_ms: int
    size: int
    cost: Cost
    timing: Timing


@dataclass(frozen=True, slots=True)
class Control:
    """The candidate measured against itself, interleaved like any other variant.

    Args:
        rtt_ms: round-trip time.
        size: size of the answer.
        ratio: p50 of one half over p50 of the other; as far as it is from 1, so far may two
            variants seem apart without being so.
    """

    rtt_ms: int
    size: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Reference:
    """What the emptiest call, `select 1`, took beside the others: one trip and no work."""

    rtt_ms: int
    size: int
    p50_ms: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Everything one run found.

    Args:
        workload: its name.
        question: what was asked.
        axis: what sizes count; a key of each record in JSON.
        server_kind: container, local or embedded.
        server_version: as the server prints it.
        baseline: the variant the speed-up compares with.
        candidate: the variant it is claimed for.
        headline: the size it is claimed at.
        cells: by round-trip time, then size, then variant in the workload's order.
        controls: one for each round-trip time and size.
        references: the same.
        floor: the variant that no road can beat, if one was measured.
        goals: what the candidate was held to.
    """

    workload: str
    question: str
    axis: str
    server_kind: str
    server_version: str
    baseline: str
    candidate: str
    headline: int
    cells: tuple[Cell, ...]
    controls: tuple[Control, ...]
    references: tuple[Reference, ...]
    floor: str | None = None
    goals: tuple[Goal, ...] = ()

    @property
    def variants(self) -> tuple[str, ...]:
        """Names in the workload's order, the floor last."""
        return tuple(dict.fromkeys(cell.variant for cell in self.cells))

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Round-trip times and sizes that were measured together, in order."""
        return tuple(dict.fromkeys((cell.rtt_ms, cell.size) for cell in self.cells))

    def cell(self, variant: str, *, rtt_ms: int, size: int) -> Cell | None:
        """Return one cell, or None where it was not measured. O(cells)."""
        wanted = (variant, rtt_ms, size)
        return next(
            (cell for cell in self.cells if (cell.variant, cell.rtt_ms, cell.size) == wanted), None
        )

    def speedup(self, rtt_ms: int) -> float | None:
        """Return the baseline's p50 over the candidate's at the headline size, if known."""
        slow = self.cell(self.baseline, rtt_ms=rtt_ms, size=self.headline)
        fast = self.cell(self.candidate, rtt_ms=rtt_ms, size=self.headline)
        if slow is None or fast is None:
            return None
        return slow.timing.p50_ms / fast.timing.p50_ms

    def noise(self, rtt_ms: int, size: int) -> float:
        """Return how far from 1 the candidate was from itself; 0 where that was not measured."""
        place = (rtt_ms, size)
        ratios = (one.ratio for one in self.controls if (one.rtt_ms, one.size) == place)
        return max((abs(ratio - 1) for ratio in ratios), default=0.0)

    def over(self, cell: Cell) -> Ratio | None:
        """Return the candidate's time over a cell's, at the same place."""
        mine = self.cell(self.candidate, rtt_ms=cell.rtt_ms, size=cell.size)
        if mine is None or not (mine.timing.samples_ms and cell.timing.samples_ms):
            return None
        return ratio_of(mine.timing.samples_ms, cell.timing.samples_ms)

    def comparisons(self) -> Iterator[tuple[Cell, Ratio]]:
        """Yield each cell that is not the candidate's, with the candidate's time over its own."""
        for cell in self.cells:
            found = self.over(cell) if cell.variant != self.candidate else None
            if found is not None:
                yield cell, found

    def slower_than(self) -> tuple[Cell, ...]:
        """Return the cells that are surely faster than the candidate; the floor has to be."""
        return tuple(
            cell
            for cell, ratio in self.comparisons()
            if cell.variant != self.floor
            and ratio.value > 1
            and ratio.tells(self.noise(cell.rtt_ms, cell.size))
        )

    def as_json(self) -> dict[str, object]:
        """Return the run as JSON's own types.

        Returns:
            `benchmark`, one record a cell, whose size stands under the name of the axis;
            `speedup`, one figure a round-trip time; and what is needed to judge them.
        """
        return {
            "workload": self.workload,
            "question": self.question,
            "server": {"kind": self.server_kind, "version": self.server_version},
            "benchmark": [self._record(cell) for cell in self.cells],
            "speedup": self._speedups(),
            "speedup_of": {
                "variant": self.candidate,
                "over": self.baseline,
                self.axis: self.headline,
            },
            "control": [
                {"rtt_ms": found.rtt_ms, self.axis: found.size, "ratio": round(found.ratio, 3)}
                for found in self.controls
            ],
            "select_1": [
                {"rtt_ms": found.rtt_ms, self.axis: found.size, "p50_ms": round(found.p50_ms, 3)}
                for found in self.references
            ],
            "floor": self.floor,
        }

    def _speedups(self) -> dict[str, float]:
        found = {rtt_ms: self.speedup(rtt_ms) for rtt_ms in {cell.rtt_ms for cell in self.cells}}
        return {
            f"rtt_{rtt_ms}": round(ratio, 1)
            for rtt_ms, ratio in sorted(found.items())
            if ratio is not None
        }

    def _record(self, cell: Cell) -> dict[str, object]:
        return {
            "variant": cell.variant,
            "rtt_ms": cell.rtt_ms,
            self.axis: cell.size,
            **asdict(cell.cost),
            "p50_ms": round(cell.timing.p50_ms, 3),
            "p95_ms": round(cell.timing.p95_ms, 3),
            "repetitions": cell.timing.repetitions,
        }
