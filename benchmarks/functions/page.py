"""The figures of the functions as a section of docs/performance.md, and whether they are good.

Pure.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from toolkit.bench.goals import Held, hold
from toolkit.bench.result import Benchmark

BEGIN, END = "<!-- functions: written by make bench/functions -->", "<!-- /functions -->"

Runs = Sequence[Benchmark]


def is_good(runs: Runs) -> bool:
    """Tell whether every goal was reached, and nothing was slower than another road."""
    return all(not run.slower_than() and all(held.reached for held in hold(run)) for run in runs)


def render(runs: Runs) -> str:
    """Return the section, markers included.

    Args:
        runs: of each server, in the same order of workloads; the first server's are shown in full.
    """
    return "\n".join([BEGIN, *_lines(runs), END])


def spliced(page: str, section: str) -> str:
    """Return a page with its section replaced, or appended when it has none yet."""
    head, marker, rest = page.partition(BEGIN)
    if not marker:
        return f"{page.rstrip()}\n\n{section}\n"
    return head + section + rest.partition(END)[2]


def _lines(runs: Runs) -> Iterator[str]:
    servers = [list(group) for _, group in groupby(runs, key=_server)]
    yield "## The functions\n"
    yield (
        "Measured by `make bench/functions`, each server in one run of its own: every variant gave "
        "the same answer first, then each was counted, then all were timed, interleaved. A goal in "
        "time compares the shortest calls, which other work on the machine disturbs least; all "
        "other times are medians. Ratios carry over to other machines, milliseconds do not. The "
        "floor is no road: a select from a table that holds the very answer, or the bare write of "
        "two rows.\n"
    )
    yield f"| goal | wanted | {' | '.join(_server(group[0]) for group in servers)} | |"
    yield f"|---|---|{'---|' * len(servers)}---|"
    for same in zip(*servers, strict=True):
        yield from _goals(same)
    yield ""
    yield (
        "Between brackets: how far apart the function was from itself, at most, when it was timed "
        "twice as two; a ratio closer to 1 than that says nothing.\n"
    )
    for run in servers[0]:
        yield from _variants(run)


def _goals(same: Sequence[Benchmark]) -> Iterator[str]:
    """Yield the goals of one workload, a column a server."""
    for held in zip(*(hold(run) for run in same), strict=True):
        found = " | ".join(f"{one.value:.2f}" for one in held)
        what = f"`{same[0].workload}`, {held[0].what}"
        yield f"| {what} | at most {held[0].most:g} | {found} | {_verdict(held)} |"
    found = " | ".join(_worst(run) for run in same)
    good = not any(run.slower_than() for run in same)
    yield (
        f"| `{same[0].workload}`, time over the fastest other road, wherever that is closest "
        f"| not slower | {found} | {'reached' if good else '**missed**'} |"
    )


def _verdict(held: Sequence[Held]) -> str:
    return "reached" if all(one.reached for one in held) else "**missed**"


def _worst(run: Benchmark) -> str:
    """Return the largest ratio to another road, and the largest of the control's."""
    ratios = (ratio.value for cell, ratio in run.comparisons() if cell.variant != run.floor)
    noise = max(run.noise(*place) for place in run.places)
    return f"{max(ratios):.2f} (±{noise:.2f})"


def _variants(run: Benchmark) -> Iterator[str]:
    """Yield a table of one workload at its headline size, a line a variant."""
    distances = sorted({rtt_ms for rtt_ms, size in run.places if size == run.headline})
    yield f"### {run.workload}, {run.headline:,} {run.axis}, {_server(run)}\n"
    times = " | ".join(f"{rtt_ms} ms away: ms, ratio" for rtt_ms in distances)
    yield f"| variant | trips | statements | inside | buffers | bytes | {times} |"
    yield f"|---|---|---|---|---|---|{'---|' * len(distances)}"
    for name in run.variants:
        cells = [run.cell(name, rtt_ms=rtt_ms, size=run.headline) for rtt_ms in distances]
        known = [cell for cell in cells if cell is not None]
        cost = known[0].cost
        said = " | ".join(
            f"{cell.timing.p50_ms:,.2f}" + (f", {ratio.value:.2f}" if ratio else "")
            for cell in known
            for ratio in [run.over(cell) if name != run.candidate else None]
        )
        yield (
            f"| {name} | {cost.round_trips:,} | {cost.statements:,} | {cost.nested_statements:,} "
            f"| {cost.buffers:,} | {cost.bytes_in:,} | {said} |"
        )
    yield ""


def _server(run: Benchmark) -> str:
    return f"{run.server_version} ({run.server_kind})"
