"""A benchmark as one HTML page that needs nothing else: to attach, to mail, to keep."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from toolkit.bench.result import Benchmark
from toolkit.report.bench import described_ratio, verdicts


def render_page(benchmarks: Sequence[Benchmark]) -> str:
    """Return the page: the tables and verdicts of each workload, with bars to scale."""
    environment = Environment(
        loader=PackageLoader("toolkit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("bench.html.j2")
    return template.render(benchmarks=benchmarks, verdicts=verdicts, ratio=described_ratio)
