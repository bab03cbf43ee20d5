"""Measure the functions, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed. Name the kinds of servers to measure fewer of them.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.functions.page import is_good, render, spliced
from toolkit.bench.measure import measure
from toolkit.bench.result import Benchmark
from toolkit.bench.tenant import list_workloads, load_dataset, load_workload
from toolkit.bench.timing import Pace
from toolkit.bench.workload import Workload
from toolkit.clones import clone, migrated_template
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

BENCHMARKS = Path(__file__).resolve().parents[1]
PAGE = BENCHMARKS.parent / "docs" / "performance.md"
KINDS = ("container", "local", "embedded")
# What answers a thousand strategies row by row takes minutes to say what a hundred say.
MOST, DISTANCES = 100, (0, 1, 5, 20)
PACE = Pace(budget_s=0.4, least=5, most=100)


def main(kinds: tuple[str, ...]) -> int:
    """Run every workload on a server of each kind."""
    runs = [run for place, kind in enumerate(kinds) for run in _measure(kind, far=place == 0)]
    section = render(runs)
    PAGE.write_text(spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if is_good(runs) else FINDINGS


def _measure(kind: str, *, far: bool) -> Iterator[Benchmark]:
    settings = read_settings(start=PAGE, server_kind=kind)
    refuse_target(settings)
    with start(settings) as server:
        prepare_server(server, settings.roles)
        with clone(server, migrated_template(server, settings.project_root)) as database:
            load_dataset(BENCHMARKS)(
                server, database=database.name, size=settings.demo.data, progress=_silent
            )
            for name in list_workloads(BENCHMARKS):
                print(f"{kind}: {name}", file=sys.stderr)
                workload = _at_distances(load_workload(BENCHMARKS, name), far=far)
                yield measure(server, workload, database=database.name, pace=PACE)


def _at_distances(workload: Workload, *, far: bool) -> Workload:
    """Return the workload beside the server, and at every distance if it has any."""
    if len(workload.sizes) == 1:
        return workload
    near = tuple(size for size in workload.sizes[0] if size <= MOST)
    distances = DISTANCES if far else DISTANCES[:1]
    sizes = {rtt_ms: (workload.headline,) if rtt_ms else near for rtt_ms in distances}
    return replace(workload, sizes=sizes)


def _silent(_stage: str, /, *, done: int, total: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or KINDS))
