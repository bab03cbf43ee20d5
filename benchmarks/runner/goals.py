"""What the runner's figures have to be, and what they are, as a section of docs/performance.md.

Pure.
"""

from collections.abc import Iterator

from benchmarks.engine.goals import Goal
from benchmarks.runner.measurements import ROUNDS, Report
from benchmarks.runner.roads import (
    BARE,
    COMMAND,
    COMPARED,
    DBMATE,
    DUMPING,
    FLOOR,
    GATED,
    LOGGED,
    MATE,
    OURS,
    PSQL,
    SHELL,
    STARTED,
)

BEGIN, END = "<!-- runner: written by make bench/runner -->", "<!-- /runner -->"
TIMES_PSQL, TIMES_DBMATE = 1.5, 1.0
_ROWS = (
    FLOOR, PSQL, BARE, MATE, DUMPING, OURS, LOGGED, COMPARED, GATED, COMMAND, SHELL, STARTED,
)  # fmt: skip


def goals(report: Report) -> tuple[Goal, ...]:
    """Hold a run to its goals."""
    psql, dbmate = report.ratio(OURS, PSQL), report.ratio(OURS, MATE)
    return (
        Goal(
            f"empty to head, {report.revisions} revisions, gates off, over psql with the same SQL",
            f"at most {TIMES_PSQL} times",
            f"{psql:.2f} times",
            psql <= TIMES_PSQL,
        ),
        Goal(
            f"the same, over dbmate {DBMATE} as npm installs it, without its dump",
            f"at most {TIMES_DBMATE} times",
            f"{dbmate:.2f} times",
            dbmate <= TIMES_DBMATE,
        ),
    )


def render(report: Report) -> str:
    """Return the section, markers included."""
    return "\n".join([BEGIN, *_lines(report), END])


def _lines(report: Report) -> Iterator[str]:
    yield "## The runner\n"
    yield (
        f"Measured by `make bench/runner` on {report.server}; one run of {ROUNDS} rounds, in each "
        "of which every road leads once from an empty database to the head, in mixed order; all "
        "make the same facts. Milliseconds are medians; ratios are medians of the ratios within a "
        "round.\n"
    )
    yield "| goal | wanted | measured | |"
    yield "|---|---|---|---|"
    for goal in goals(report):
        verdict = "reached" if goal.reached else "**missed**"
        yield f"| {goal.what} | {goal.wanted} | {goal.got} | {verdict} |"
    yield ""
    yield "| road | ms | over psql | over dbmate's program |"
    yield "|---|---|---|---|"
    for road in _ROWS:
        over_psql, over_dbmate = report.ratio(road, PSQL), report.ratio(road, BARE)
        yield f"| {road} | {report.median_ms(road):,.0f} | {over_psql:.2f} | {over_dbmate:.2f} |"
    yield ""
    yield _prices(report)


def _prices(report: Report) -> str:
    bare = report.median_ms(OURS)
    log, facts = report.median_ms(LOGGED) - bare, report.median_ms(COMPARED) - bare
    each = facts / report.revisions
    return (
        f"The price of the gates: the run log {log:,.0f} ms; the comparison of facts before the "
        f"run and after every revision {facts:,.0f} ms, {each:,.0f} ms a revision. Lock, pooler "
        "probe and watch are never off, and are in all figures. " + _from_a_shell(report)
    )


def _from_a_shell(report: Report) -> str:
    bare = report.median_ms(OURS)
    above_floor = bare - report.median_ms(FLOOR)
    start = report.median_ms(COMMAND) - bare
    return (
        f"The runner takes {above_floor:,.0f} ms more than the server does for the same SQL. It is "
        "measured as its commands call it, in a process that is there; psql and dbmate as "
        f"processes. Given in a shell, alembic takes {start:,.0f} ms more, once, for any number of "
        "revisions: Python starts and imports SQLAlchemy and Alembic. Counted with that, alembic "
        f"takes {report.ratio(COMMAND, MATE):.1f} times as long as the command dbmate for this "
        f"history, and hephaitos {report.ratio(SHELL, MATE):.1f} times."
    )
