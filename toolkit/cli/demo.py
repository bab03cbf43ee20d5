"""hephaitos demo: from nothing to a measured N+1 removal; a newcomer's first command."""

import time

from toolkit.bench.measure import measure
from toolkit.bench.tenant import load_dataset, load_workload
from toolkit.cli.options import Format, FormatOption, KindOption, emit
from toolkit.cli.progress import Narrator, narrate
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.report.demo import DemoResult, render_demo
from toolkit.runner import count_revisions, current_revision, upgrade
from toolkit.server import Server, refuse_target, start
from toolkit.settings import Settings, read_settings
from toolkit.verify.run import run_checks


def run(kind: KindOption = None, form: FormatOption = Format.TEXT) -> int:
    """Start a server, migrate it, load data, check it, and measure what an N+1 costs.

    Everything happens on a throw-away server that is gone afterwards. No database of yours is
    touched: with HEPHAITOS_DATABASE_URL set, the command refuses to start. Exit code 2 when a
    check has findings.
    """
    settings = read_settings(server_kind=kind)
    refuse_target(settings)
    with narrate() as narrator:
        result = _run(settings, narrator)
    emit(form, result.as_json(), lambda: render_demo(result))
    return FINDINGS if result.report.failed else 0


def _run(settings: Settings, narrator: Narrator) -> DemoResult:
    began = time.monotonic()
    benchmarks = settings.project_root / "benchmarks"
    workload = load_workload(benchmarks, settings.demo.workload).only(settings.demo.variants)
    load = load_dataset(benchmarks)
    with start(settings, progress=narrator.step) as server:
        revision = _migrate(server, settings, narrator)
        narrator.step("loading data")
        rows = load(server, database="hephaitos", size=settings.demo.data, progress=narrator.stage)
        narrator.step("checking")
        with connect(server.url()) as connection:
            report = run_checks(connection, settings, narrator.step)
        narrator.step(f"measuring {workload.name}: equal answers, then counters, then clocks")
        benchmark = measure(server, workload, progress=narrator.stage)
        narrator.step("stopping the server")
    return DemoResult(
        server=server,
        revision=revision,
        revision_count=count_revisions(settings.project_root),
        row_counts={table.split(".")[-1]: count for table, count in rows.items()},
        report=report,
        benchmark=benchmark,
        elapsed_s=time.monotonic() - began,
    )


def _migrate(server: Server, settings: Settings, narrator: Narrator) -> str:
    narrator.step("preparing roles, applying revisions")
    prepare_server(server, settings.roles)
    upgrade(settings.project_root, server.url())
    revision = current_revision(server.url())
    assert revision is not None  # the upgrade would have failed
    return revision
