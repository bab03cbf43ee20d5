"""What the figures have to be, and what they are, as a section of docs/performance.md.

Pure.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.engine.measurements import Reading, Report

BEGIN, END = "<!-- engine: written by make bench/engine -->", "<!-- /engine -->"
TIMES_FASTER, TIMES_PLAIN, TIMES_BARE = 150, 4.0, 1.2
MOST_STATEMENTS = 20


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and whether it was reached.

    Args:
        what: what was to be reached.
        wanted: the figure wanted.
        got: the figure measured.
        reached: whether it is good enough.
    """

    what: str
    wanted: str
    got: str
    reached: bool


def goals(report: Report) -> tuple[Goal, ...]:
    """Hold a run to its goals."""
    rival_ms = statistics.median(run.elapsed_s for run in report.rival) * 1_000
    faster = rival_ms / report.small.ours.p50_ms
    plain = report.large.ours.p50_ms / report.large.plain.p50_ms
    bare = report.cloning.ours.p50_ms / report.cloning.bare.p50_ms
    counts = {report.small.statements, report.large.statements}
    return (
        Goal(
            "statements, however many objects",
            f"constant, at most {MOST_STATEMENTS}",
            ", ".join(str(count) for count in sorted(counts)),
            len(counts) == 1 and max(counts) <= MOST_STATEMENTS,
        ),
        Goal(
            f"snapshot of {report.small.crowd}, alembic_utils' no-op comparison over ours",
            f"at least {TIMES_FASTER} times",
            f"{faster:,.0f} times",
            faster >= TIMES_FASTER,
        ),
        Goal(
            f"facts of {report.large.crowd}, over the same by plain queries",
            f"at most {TIMES_PLAIN} times",
            f"{plain:.2f} times",
            plain <= TIMES_PLAIN,
        ),
        Goal(
            "a clone for a test, over CREATE DATABASE … TEMPLATE",
            f"at most {TIMES_BARE} times",
            f"{bare:.2f} times",
            bare <= TIMES_BARE,
        ),
    )


def render(report: Report) -> str:
    """Return the section, markers included."""
    return "\n".join([BEGIN, *_lines(report), END])


def spliced(page: str, section: str) -> str:
    """Return a page with a section replaced, or appended when it has none of those markers yet."""
    begin, end = section.splitlines()[0], section.splitlines()[-1]
    head, marker, rest = page.partition(begin)
    if not marker:
        return f"{page.rstrip()}\n\n{section}\n" if page.strip() else f"{section}\n"
    return head + section + rest.partition(end)[2]


def _lines(report: Report) -> Iterator[str]:
    yield "## The engine\n"
    yield (
        f"Measured by `make bench/engine` on {report.server}; one run, samples interleaved, "
        "medians. Ratios carry over to other machines, milliseconds do not.\n"
    )
    yield "| goal | wanted | measured | |"
    yield "|---|---|---|---|"
    for goal in goals(report):
        verdict = "reached" if goal.reached else "**missed**"
        yield f"| {goal.what} | {goal.wanted} | {goal.got} | {verdict} |"
    yield ""
    yield "| reading | facts | statements | ms (p95) | bytes |"
    yield "|---|---|---|---|---|"
    for reading in (report.small, report.large):
        yield from _reading(reading)
    for run in report.rival:
        yield (
            f"| {report.small.crowd}, alembic_utils 0.8.8, {run.operations} changes seen "
            f"| | {run.statements:,} | {run.elapsed_s * 1_000:,.0f} | |"
        )
    yield ""
    yield "| making a database | ms (p95) |"
    yield "|---|---|"
    for name, timing in (
        ("a clone for a test", report.cloning.ours),
        ("the bare statement, strategy file_copy", report.cloning.bare),
        ("the bare statement, strategy wal_log, the default", report.cloning.default),
    ):
        yield f"| {name} | {timing.p50_ms:.1f} ({timing.p95_ms:.1f}) |"


def _reading(reading: Reading) -> Iterator[str]:
    for name, timing, statements, size in (
        ("ours", reading.ours, str(reading.statements), f"{reading.our_bytes:,}"),
        ("ours, compared with another reading", reading.comparing, "", ""),
        ("plain queries", reading.plain, "", f"{reading.plain_bytes:,}"),
    ):
        facts = f"{reading.facts:,}" if statements else ""
        yield (
            f"| {reading.crowd}, {name} | {facts} | {statements} "
            f"| {timing.p50_ms:.1f} ({timing.p95_ms:.1f}) | {size} |"
        )
