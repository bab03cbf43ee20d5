"""The figures as a section of docs/performance.md, and whether they are good enough.

Pure.
"""

import statistics
from collections.abc import Iterator, Sequence

from benchmarks.plans.planning import Planned
from benchmarks.plans.swapping import Change
from toolkit.plan import Strategy

BEGIN, END = "<!-- plans: written by make bench/plans -->", "<!-- /plans -->"
LARGEST_SHARE = 1 / 20
LONGEST_PLAN_S = 5.0
_NAMES = {Strategy.SWAP: "swap", Strategy.REBUILD: "drop and create"}


def window_s(changes: Sequence[Change], strategy: Strategy) -> float:
    """Return how long readers are kept out by one way, in the middle of its rounds."""
    return statistics.median(one.exclusive_s for one in changes if one.strategy is strategy)


def is_good(changes: Sequence[Change], planned: Planned) -> bool:
    """Tell whether nobody saw an error or a gap, for how short a time, and plans take seconds."""
    share = window_s(changes, Strategy.SWAP) / window_s(changes, Strategy.REBUILD)
    return (
        not any(one.errors or one.gaps for one in changes)
        and share <= LARGEST_SHARE
        and planned.read_s + max(plan.plan_s for plan in planned.plans) <= LONGEST_PLAN_S
    )


def render(server: str, rows: int, changes: Sequence[Change], planned: Planned) -> str:
    """Return the section, markers included."""
    return "\n".join([BEGIN, *_lines(server, rows, changes, planned), END])


def _lines(server: str, rows: int, changes: Sequence[Change], planned: Planned) -> Iterator[str]:
    yield "## Plans\n"
    yield (
        f"Measured by `make bench/plans` on {server}, in one run. A materialized view over "
        f"{rows:,} rows gets another query while four readers read it and a view over it in a "
        "loop; by swap and by drop and create in turns, medians.\n"
    )
    yield (
        "| way | rounds | readings | errors | gaps | whole ms | readers kept out ms "
        "| longest read ms |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for strategy in Strategy:
        yield _row([one for one in changes if one.strategy is strategy], strategy)
    swap, rebuild = (window_s(changes, strategy) for strategy in Strategy)
    verdict = "reached" if swap / rebuild <= LARGEST_SHARE else "**missed**"
    yield ""
    yield (
        f"Goal: readers kept out at most 1/{1 / LARGEST_SHARE:.0f} as long: "
        f"1/{rebuild / swap:.0f}, {verdict}.\n"
    )
    yield f"Plans for {planned.crowd}; reading one side takes {planned.read_s * 1_000:,.0f} ms.\n"
    yield "| between | facts | statements | planning ms |"
    yield "|---|---|---|---|"
    for plan in planned.plans:
        yield f"| {plan.what} | {plan.facts:,} | {plan.statements:,} | {plan.plan_s * 1_000:,.0f} |"


def _row(changes: Sequence[Change], strategy: Strategy) -> str:
    whole = statistics.median(one.whole_s for one in changes) * 1_000
    longest = max(one.longest_read_s for one in changes) * 1_000
    readings = sum(one.readings for one in changes)
    errors, gaps = sum(len(one.errors) for one in changes), sum(one.gaps for one in changes)
    return (
        f"| {_NAMES[strategy]} | {len(changes)} | {readings:,} | {errors} | {gaps} | {whole:,.0f} "
        f"| {window_s(changes, strategy) * 1_000:,.1f} | {longest:,.0f} |"
    )
