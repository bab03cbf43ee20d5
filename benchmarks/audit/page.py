"""The figures as a section of docs/performance.md, and whether they are good enough.

Pure.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.audit.measuring import ROWS, Turn
from benchmarks.audit.sides import BY_ROW, FLOOR, PLAIN, RECORDED

BEGIN, END = "<!-- audit: written by make bench/audit -->", "<!-- /audit -->"
LARGEST = {"insert": 2.0, "update": 3.0}
LEAST_THROUGHPUT = 0.85
MOST_NESTED = 1.0
# Measured elsewhere: 0.3.1 on PostgreSQL 17, statements of the same size.
SUPA_AUDIT = {"insert": 17, "update": 19}
_HOW = (
    "Measured by `make bench/audit` on {}: the same writes of `public.strategies`, which has other "
    "triggers besides, in clones that differ in what records them, by turns in one run. Figures "
    "are medians of what the sides came to within a turn. Clients are threads of one process "
    "beside the server, and each write is a transaction. Large statements are measured with the "
    "data in memory; writes of one row on a disk, whose commits both sides wait for, and in memory "
    "too, where nothing hides what the record costs.\n"
)
_FLOOR = (
    "The least that a trigger can do and leave a trace is to insert a constant into a table "
    "without an index and a check. That is the floor of a record in the database, and nearer to "
    "plain it does not get: what is left is the price of calling a function and of starting a "
    "statement in it.\n"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run.

    Args:
        large: seconds of statements of 50,000 rows, by what they do.
        nested: statements that recording makes of one statement; recorded, and by a row trigger.
        single: writes of one row a second, by the number of clients and what they do; on a disk.
        in_memory: the same with the data in memory.
    """

    large: dict[str, list[Turn]]
    nested: dict[str, float]
    single: dict[int, dict[str, list[Turn]]]
    in_memory: dict[int, dict[str, list[Turn]]]


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the table."""

    what: str
    wanted: str
    measured: float
    by_row: float
    least: float | None
    anchor: str
    is_reached: bool


def ratio(turns: list[Turn], side: str) -> float:
    """Return the median of what a side came to over what the plain one did in the same turn."""
    return statistics.median(turn[side] / turn[PLAIN] for turn in turns)


def goals(measured: Measured) -> list[Goal]:
    """Return every goal with what was measured."""
    return [*_large(measured), *_single(measured), _nested(measured)]


def is_good(measured: Measured) -> bool:
    """Tell whether every goal is reached."""
    return all(goal.is_reached for goal in goals(measured))


def render(server: str, measured: Measured) -> str:
    """Return the section, markers included."""
    return "\n".join(
        [
            BEGIN,
            "## The record of changes\n",
            _HOW.format(server),
            "| goal | wanted | measured | a row trigger | the least | supa_audit, elsewhere | |",
            "|---|---|---|---|---|---|---|",
            *(
                f"| {goal.what} | {goal.wanted} | {goal.measured:.2f} | {goal.by_row:,.2f} | "
                f"{'' if goal.least is None else f'{goal.least:.2f}'} | "
                f"{goal.anchor} | {'reached' if goal.is_reached else '**missed**'} |"
                for goal in goals(measured)
            ),
            "",
            _FLOOR,
            "| writes of one row a second | plain | recorded | by a row trigger | least |",
            "|---|---|---|---|---|",
            *_rates("on a disk", measured.single),
            *_rates("in memory", measured.in_memory),
            END,
        ]
    )


def spliced(page: str, section: str) -> str:
    """Return the page with the section in its place, or at its end."""
    head, marker, rest = page.partition(BEGIN)
    if not marker:
        return f"{page.rstrip()}\n\n{section}\n"
    return head + section + rest.partition(END)[2]


def _large(measured: Measured) -> Iterator[Goal]:
    for name, turns in measured.large.items():
        found = ratio(turns, RECORDED)
        yield Goal(
            f"{ROWS:,} rows in one {name}, time over plain",
            f"at most {LARGEST[name]}",
            found,
            ratio(turns, BY_ROW),
            None,
            str(SUPA_AUDIT[name]),
            found <= LARGEST[name],
        )


def _single(measured: Measured) -> Iterator[Goal]:
    for clients, writes in measured.single.items():
        for name, turns in writes.items():
            found = ratio(turns, RECORDED)
            yield Goal(
                f"{name}s of one row, {_count(clients)}, throughput over plain",
                f"at least {LEAST_THROUGHPUT}",
                found,
                ratio(turns, BY_ROW),
                ratio(turns, FLOOR),
                "",
                found >= LEAST_THROUGHPUT,
            )


def _nested(measured: Measured) -> Goal:
    found = measured.nested[RECORDED]
    return Goal(
        "statements that recording adds to an update of 1,000 rows",
        f"at most {MOST_NESTED:.0f}",
        found,
        measured.nested[BY_ROW],
        None,
        "",
        # None is a record that is not there.
        0 < found <= MOST_NESTED,
    )


def _rates(where: str, single: dict[int, dict[str, list[Turn]]]) -> Iterator[str]:
    for clients, writes in single.items():
        for name, turns in writes.items():
            rates = (
                statistics.median(turn[side] for turn in turns)
                for side in (PLAIN, RECORDED, BY_ROW, FLOOR)
            )
            figures = " | ".join(f"{rate:,.0f}" for rate in rates)
            yield f"| {name}s, {_count(clients)}, {where} | {figures} |"


def _count(clients: int) -> str:
    return "1 client" if clients == 1 else f"{clients} clients"
