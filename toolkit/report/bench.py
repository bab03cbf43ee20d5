"""A benchmark on a terminal: variants side by side, counters first, then ratios, then goals."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolkit.bench.goals import hold
from toolkit.bench.result import Benchmark, Cell

_NUMBERS = ("trips", "sent", "inside", "buffers", "kB in", "p50 ms", "p95 ms", "ratio")


def render_bench(benchmark: Benchmark) -> RenderableType:
    """Return the screen: a table for each round-trip time and size, verdicts below."""
    return Group(
        Text(benchmark.workload, style="bold"),
        Text(f"{benchmark.question}; PostgreSQL {benchmark.server_version}, "
             f"{benchmark.server_kind}; every variant gave the same answer"),
        *(part for place in benchmark.places for part in _place(benchmark, *place)),
        Text(""),
        *_verdicts(benchmark),
    )  # fmt: skip


def verdicts(benchmark: Benchmark) -> Iterator[tuple[bool, str]]:
    """Yield what a run shows, each sentence with whether that is good."""
    slower = benchmark.slower_than()
    for cell in slower:
        where = f"at {cell.size:,} {benchmark.axis}, {cell.rtt_ms} ms away"
        yield False, f"{benchmark.candidate} is slower than {cell.variant} {where}"
    if not slower:
        yield True, f"{benchmark.candidate} is slower than no other variant, wherever measured"
    for held in hold(benchmark):
        yield held.reached, f"{held.what}: {held.value:.2f} times, wanted at most {held.most:g}"


def _place(benchmark: Benchmark, rtt_ms: int, size: int) -> Iterator[RenderableType]:
    control = benchmark.noise(rtt_ms, size)
    yield Text("")
    yield Text.assemble(
        (f"{size:,} {benchmark.axis}, {rtt_ms} ms away", "bold"),
        (f"  {benchmark.candidate} beside itself: {control:.1%} apart", "dim"),
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for heading in _NUMBERS:
        table.add_column(heading, justify="right")
    for cell in benchmark.cells:
        if (cell.rtt_ms, cell.size) == (rtt_ms, size):
            style = "bold green" if cell.variant == benchmark.candidate else None
            table.add_row(*_row(benchmark, cell), style=style)
    yield Padding(table, (0, 0, 0, 2))


def _row(benchmark: Benchmark, cell: Cell) -> tuple[str, ...]:
    cost = cell.cost
    return (
        cell.variant,
        f"{cost.round_trips:,}",
        f"{cost.statements:,}",
        f"{cost.nested_statements:,}",
        f"{cost.buffers:,}",
        f"{cost.bytes_in / 1_000:,.1f}",
        f"{cell.timing.p50_ms:,.2f}",
        f"{cell.timing.p95_ms:,.2f}",
        described_ratio(benchmark, cell).partition(" ")[0],
    )


def described_ratio(benchmark: Benchmark, cell: Cell) -> str:
    """Return the candidate's time over a cell's and its bounds; nothing for the candidate."""
    ratio = benchmark.over(cell) if cell.variant != benchmark.candidate else None
    return f"{ratio.value:.2f} ({ratio.low:.2f}-{ratio.high:.2f})" if ratio else ""


def _verdicts(benchmark: Benchmark) -> Iterator[RenderableType]:
    yield Text(
        f"ratio: the time of {benchmark.candidate} over that of the row, samples interleaved; "
        "sent, inside: statements from the client, and within functions.",
        style="dim",
    )
    for good, sentence in verdicts(benchmark):
        yield Text.assemble(
            ("reached " if good else "missed  ", "green" if good else "red"), sentence
        )
