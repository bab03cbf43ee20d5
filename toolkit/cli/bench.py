"""hephaitos bench: the same answer by every road, counted first and timed second."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Group

from toolkit.bench.goals import hold
from toolkit.bench.measure import measure
from toolkit.bench.result import Benchmark
from toolkit.bench.tenant import list_workloads, load_dataset, load_workload
from toolkit.bench.workload import Workload
from toolkit.cli.options import Format, KindOption, emit
from toolkit.cli.progress import Narrator, narrate
from toolkit.clones import Database, clone, migrated_template
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.report.bench import render_bench
from toolkit.report.bench_page import render_page
from toolkit.server import Server, refuse_target, standing, start
from toolkit.settings import Settings, read_settings


class ReportFormat(StrEnum):
    """For people, for machines, or for people elsewhere."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


WorkloadArgument = Annotated[
    str | None,
    typer.Argument(help="A file of benchmarks/, without .py. Default: each of them in turn."),
]
DataOption = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="SIZE",
        help="How much data to measure on: demo, small, medium or large. Default: the demo's.",
        show_default=False,
    ),
]
DistanceOption = Annotated[
    list[int] | None,
    typer.Option(
        "--rtt",
        metavar="MS",
        help="Round-trip time to measure at, instead of the workload's own; may be repeated.",
        show_default=False,
    ),
]
ReportFormatOption = Annotated[
    ReportFormat,
    typer.Option(
        "--format", "-f", help="text for people, json for machines, html for a page to keep."
    ),
]
ListOption = Annotated[bool, typer.Option("--list", help="Name the workloads, and stop.")]


def run(
    workload: WorkloadArgument = None,
    kind: KindOption = None,
    data: DataOption = None,
    rtt: DistanceOption = None,
    form: ReportFormatOption = ReportFormat.TEXT,
    only_list: ListOption = False,  # noqa: FBT002 - Typer makes a flag of it
) -> int:
    """Measure the ways to one answer, side by side, on a scratch server.

    First every way has to give the same answer. Then each is counted: round trips, statements,
    statements inside functions, pages, bytes; these do not depend on the machine. Then all are
    timed, interleaved, the recommended one twice: as far as it is from itself, so little do
    smaller differences mean. The floor is no way that anybody could take: a table that holds the
    very answer. Exits with 2 when the recommended way is slower than another or misses a goal.
    """
    settings = read_settings(server_kind=kind)
    folder = settings.project_root / "benchmarks"
    if only_list:
        for name in list_workloads(folder):
            print(f"{name}: {load_workload(folder, name).question}")
        return 0
    refuse_target(settings)
    names = (workload,) if workload else list_workloads(folder)
    chosen = [_at_distances(load_workload(folder, name), rtt) for name in names]
    with narrate() as narrator:
        found = _measure(settings, chosen, data or settings.demo.data, narrator)
    _emit(form, found)
    return 0 if all(map(is_good, found)) else FINDINGS


def is_good(benchmark: Benchmark) -> bool:
    """Return whether nothing was slower than it has to be, and no goal was missed."""
    return not benchmark.slower_than() and all(held.reached for held in hold(benchmark))


def document(benchmark: Benchmark) -> dict[str, object]:
    """Return a run and its verdicts as JSON's own types."""
    return {
        **benchmark.as_json(),
        "over": [
            {
                "variant": cell.variant,
                "rtt_ms": cell.rtt_ms,
                benchmark.axis: cell.size,
                "ratio": round(ratio.value, 3),
                "low": round(ratio.low, 3),
                "high": round(ratio.high, 3),
            }
            for cell, ratio in benchmark.comparisons()
        ],
        "goals": [held.as_json() for held in hold(benchmark)],
        "slower_than": [
            {"variant": cell.variant, "rtt_ms": cell.rtt_ms, benchmark.axis: cell.size}
            for cell in benchmark.slower_than()
        ],
    }


@contextmanager
def loaded_database(
    settings: Settings, data: str, narrator: Narrator
) -> Iterator[tuple[Server, Database]]:
    """Yield a scratch server with a migrated database of our own on it, full of data.

    A server that `hephaitos server up` left running is used; otherwise one starts, and stops again.
    """
    server = standing.current(settings)
    if server is None:
        with start(settings, progress=narrator.step) as started:
            with _loaded(started, settings, data, narrator) as database:
                yield started, database
            narrator.step("stopping the server")
        return
    with _loaded(server, settings, data, narrator) as database:
        yield server, database


@contextmanager
def _loaded(
    server: Server, settings: Settings, data: str, narrator: Narrator
) -> Iterator[Database]:
    load = load_dataset(settings.project_root / "benchmarks")
    narrator.step("preparing roles, applying revisions")
    prepare_server(server, settings.roles)
    template = migrated_template(server, settings.project_root)
    with clone(server, template) as database:
        narrator.step(f"loading data: {data}")
        load(server, database=database.name, size=data, progress=narrator.stage)
        yield database


def _measure(
    settings: Settings, workloads: Sequence[Workload], data: str, narrator: Narrator
) -> list[Benchmark]:
    found = []
    with loaded_database(settings, data, narrator) as (server, database):
        for workload in workloads:
            narrator.step(f"measuring {workload.name}: equal answers, then counters, then clocks")
            found.append(measure(server, workload, database=database.name, progress=narrator.stage))
    return found


def _at_distances(workload: Workload, distances: Sequence[int] | None) -> Workload:
    """Return the workload at other round-trip times; sizes are those it measures far away."""
    if not distances:
        return workload
    far = workload.sizes[max(workload.sizes)]
    return replace(
        workload, sizes={rtt_ms: workload.sizes.get(rtt_ms, far) for rtt_ms in distances}
    )


def _emit(form: ReportFormat, found: Sequence[Benchmark]) -> None:
    if form is ReportFormat.HTML:
        print(render_page(found), end="")
        return
    documents = [document(benchmark) for benchmark in found]
    emit(Format(form), {"workloads": documents}, lambda: Group(*map(render_bench, found)))
