"""Measure, print the section of docs/performance.md and put it there; exit 2 when a goal is missed.

Both sides see the same 200 functions, of which none differs. Ours loads them all into a scratch
clone first, which alembic_utils need not: it compares with the database that it is given.
"""

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine import rival
from benchmarks.engine.crowd import LARGE, SMALL, Crowd, populate
from benchmarks.freezing.project import make_project
from toolkit.clones import clone, forget
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.freeze.freezing import find_pending
from toolkit.prepare import prepare_server
from toolkit.server import Server, refuse_target, start
from toolkit.settings import Settings, read_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- freezing: written by make bench/freezing -->", "<!-- /freezing -->"
TIMES_FASTER, MOST_S = 50, 10.0
ROUNDS, CHECKS = 3, 12


@dataclass(frozen=True, slots=True)
class Checked:
    """Checks of one project: files, and seconds for the first and for each later one."""

    crowd: Crowd
    files: int
    first_s: float
    later_s: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The middle of the later ones."""
        return statistics.median(self.later_s)


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with ExitStack() as stack:
        server = stack.enter_context(start(settings))
        prepare_server(server, settings.roles)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        small, runs = _beside(server, settings, folder / "small")
        large = _check(server, folder / "large", LARGE, CHECKS)
        where = f"PostgreSQL {server.version}, {server.kind}"
    faster = statistics.median(run.elapsed_s for run in runs) / small.median_s
    section = "\n".join([BEGIN, *_lines(where, small, large, runs, faster), END])
    page = PAGE.read_text(encoding="utf-8")
    head, marker, rest = page.partition(BEGIN)
    page = head + section + rest.partition(END)[2] if marker else f"{page.rstrip()}\n\n{section}\n"
    PAGE.write_text(page, encoding="utf-8")
    print(section)
    return 0 if faster >= TIMES_FASTER and large.median_s <= MOST_S else FINDINGS


def _beside(
    server: Server, settings: Settings, root: Path
) -> tuple[Checked, tuple[rival.RivalRun, ...]]:
    """Check and let alembic_utils compare, in turn."""
    python = rival.install(settings.state_folder)
    runs: list[rival.RivalRun] = []
    checks: list[Checked] = []
    with clone(server, "template0") as database:
        with connect(database.url) as connection:
            populate(connection, SMALL)
            connection.execute("analyze")
        for number in range(ROUNDS):
            checks.append(_check(server, root / str(number), SMALL, CHECKS))
            runs.append(rival.compare(python, database.url, SMALL.functions))
    later = tuple(sample for one in checks for sample in one.later_s)
    return Checked(SMALL, checks[0].files, checks[0].first_s, later), tuple(runs)


def _check(server: Server, root: Path, crowd: Crowd, times: int) -> Checked:
    print(f"checking {crowd}", file=sys.stderr)
    files, settings = make_project(root, crowd), Settings(project_root=root)
    samples = [_time(server, settings) for _ in range(times + 1)]
    forget(server, root)
    return Checked(crowd, files, samples[0], tuple(samples[1:]))


def _time(server: Server, settings: Settings) -> float:
    began = time.perf_counter()
    pending = find_pending(server, settings)
    assert pending == ()
    return time.perf_counter() - began


def _lines(
    where: str, small: Checked, large: Checked, runs: tuple[rival.RivalRun, ...], faster: float
) -> list[str]:
    def verdict(reached: bool) -> str:  # noqa: FBT001 - the name says what the value is
        return "reached" if reached else "**missed**"

    lines = [
        "## Checking sql/ against history\n",
        (
            f"Measured by `make bench/freezing` on {where}; one run, both sides in turn, medians. "
            "A check loads every file of `sql/` into a clone of the replayed history, reads the "
            "facts and compares; the first check after history changed replays it.\n"
        ),
        "| goal | wanted | measured | |",
        "|---|---|---|---|",
        (
            f"| check of {small.crowd}, nothing to do, alembic_utils' comparison over ours "
            f"| at least {TIMES_FASTER} times | {faster:,.0f} times "
            f"| {verdict(faster >= TIMES_FASTER)} |"
        ),
        (
            f"| check of {large.crowd}, nothing to do | at most {MOST_S:.0f} s "
            f"| {large.median_s:.2f} s | {verdict(large.median_s <= MOST_S)} |"
        ),
        "",
        "| comparison | files | statements | ms | first, ms |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.crowd}, hephaitos check | {one.files:,} | | {one.median_s * 1_000:,.0f} "
        f"| {one.first_s * 1_000:,.0f} |"
        for one in (small, large)
    ]
    lines += [
        f"| {small.crowd}, alembic_utils 0.8.8, {run.operations} changes seen | "
        f"| {run.statements:,} | {run.elapsed_s * 1_000:,.0f} | |"
        for run in runs
    ]
    return lines


if __name__ == "__main__":
    sys.exit(main())
