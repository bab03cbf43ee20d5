"""The demo's last screen: what was started, applied, proven and measured, and where to go next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolkit.bench.result import Benchmark, Cell
from toolkit.server import Server
from toolkit.verify.check import Outcome, Report

_NETWORK_MS = 5
_NEXT = (
    ("make test", "the whole suite, on a server of its own"),
    (".venv/bin/hephaitos server up", "a server to play with, and the URL for psql and alembic"),
    (".venv/bin/hephaitos doctor", "what this machine can do, and how to get the rest"),
    ("README.md", "how a DBA, CI and an engineer start"),
)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a run of the demo found.

    Args:
        server: the scratch server it ran on; gone by now.
        revision: the head that was migrated to.
        revision_count: how many revisions that took.
        row_counts: rows loaded by table.
        report: the checks.
        benchmark: the figures.
        elapsed_s: all of it.
    """

    server: Server
    revision: str
    revision_count: int
    row_counts: Mapping[str, int]
    report: Report
    benchmark: Benchmark
    elapsed_s: float

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        figures = self.benchmark.as_json()
        return {
            "server": {
                "kind": self.server.kind,
                "version": self.server.version,
                "pg_cron": self.server.capabilities.pg_cron,
            },
            "revision": self.revision,
            "rows": dict(self.row_counts),
            "checks": self.report.as_json(),
            "benchmark": figures["benchmark"],
            "speedup": figures["speedup"],
            "speedup_of": figures["speedup_of"],
            "control": figures["control"],
            "select_1": figures["select_1"],
            "elapsed_s": round(self.elapsed_s, 1),
        }


def render_demo(result: DemoResult) -> RenderableType:
    """Return the screen."""
    return Group(
        Text(""),
        _summary(result),
        Text(""),
        *_findings(result.report),
        Text(f"{result.benchmark.question}", style="bold"),
        _figures(result.benchmark),
        Text(""),
        *_meaning(result.benchmark),
        Text(""),
        _next_steps(),
    )


def _summary(result: DemoResult) -> Table:
    server, report = result.server, result.report
    cron = server.capabilities.pg_cron
    table = Table.grid(padding=(0, 2))
    table.add_row(
        "[bold]started[/bold]",
        f"PostgreSQL {server.version} ({server.kind}), "
        + (f"real pg_cron {cron}" if cron else "no pg_cron: see hephaitos doctor"),
    )
    table.add_row(
        "[bold]applied[/bold]",
        f"{result.revision_count} revisions up to {result.revision}, as a role without superuser",
    )
    table.add_row(
        "[bold]loaded[/bold]",
        ", ".join(f"{count:,} {name}" for name, count in result.row_counts.items()),
    )
    table.add_row(
        "[bold]proven[/bold]",
        f"{report.passed} checks passed, {report.failed} failed, {report.skipped} skipped; "
        f"{len(_variants(result.benchmark))} ways to ask give equal answers",
    )
    table.add_row("[bold]took[/bold]", f"{result.elapsed_s:.0f} s; the server is gone again")
    return table


def _findings(report: Report) -> Iterator[RenderableType]:
    for check in report.checks:
        if check.outcome is Outcome.SKIPPED:
            yield Text(f"skipped {check.name}: {check.skipped}", style="yellow")
        for finding in check.findings:
            yield Text(f"failed {check.name}: {finding.object}: {finding.detail}", style="red")
    if report.failed or report.skipped:
        yield Text("")


def _figures(benchmark: Benchmark) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"at {benchmark.headline} {benchmark.axis}")
    for heading in ("round trips", "statements", "p50 local", f"p50 at {_NETWORK_MS} ms away"):
        table.add_column(heading, justify="right")
    for name in _variants(benchmark):
        near = _cell(benchmark, name, 0)
        far = benchmark.cell(name, rtt_ms=_NETWORK_MS, size=benchmark.headline)
        style = "bold green" if name == benchmark.candidate else None
        table.add_row(
            name,
            str(near.cost.round_trips),
            str(near.cost.statements),
            f"{near.timing.p50_ms:.1f} ms",
            f"{far.timing.p50_ms:.1f} ms" if far else "",
            style=style,
        )
    return Padding(table, (0, 0, 0, 2))


def _meaning(benchmark: Benchmark) -> Iterator[RenderableType]:
    slow = _cell(benchmark, benchmark.baseline, 0).cost.round_trips
    fast = _cell(benchmark, benchmark.candidate, 0).cost.round_trips
    yield Text.assemble(
        f"The {benchmark.candidate} saves ",
        (f"{slow - fast} of {slow} round trips", "bold"),
        f" for {benchmark.headline} {benchmark.axis}; it takes {fast} for any number of them.",
    )
    near, far = benchmark.speedup(0), benchmark.speedup(_NETWORK_MS)
    if near is None or far is None:
        return
    before = _cell(benchmark, benchmark.baseline, _NETWORK_MS).timing.p50_ms
    after = _cell(benchmark, benchmark.candidate, _NETWORK_MS).timing.p50_ms
    yield Text.assemble(
        "Beside the database it is ",
        (f"{near:.0f} times", "bold"),
        f" faster than {benchmark.baseline}; with {_NETWORK_MS} ms of network in between, ",
        (f"{far:.0f} times", "bold"),
        f": {before:,.0f} ms become {after:.0f}.",
    )


def _next_steps() -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for command, why in _NEXT:
        table.add_row(f"[cyan]{command}[/cyan]", why)
    return Group(Text("Where to go next", style="bold"), Padding(table, (0, 0, 0, 2)))


def _variants(benchmark: Benchmark) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.variant for cell in benchmark.cells))


def _cell(benchmark: Benchmark, variant: str, rtt_ms: int) -> Cell:
    cell = benchmark.cell(variant, rtt_ms=rtt_ms, size=benchmark.headline)
    assert cell is not None  # a workload measures its headline size at every round-trip time
    return cell
