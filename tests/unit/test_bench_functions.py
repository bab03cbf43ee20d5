"""The bench of the functions: every goal has its line, and the page keeps all else it says."""

from dataclasses import replace

from benchmarks.functions.page import BEGIN, END, is_good, render, spliced
from toolkit.bench.result import Benchmark, Cell, Control, Cost
from toolkit.bench.timing import summarise
from toolkit.bench.workload import Goal, Measure


def cell(variant: str, p50_ms: float, rtt_ms: int = 0) -> Cell:
    return Cell(variant, rtt_ms, 100, Cost(1, 1, 1, 12, 90, 2_000), summarise([p50_ms] * 9))


RUN = Benchmark(
    workload="list_things",
    question="which things?",
    axis="things",
    server_kind="container",
    server_version="17.6",
    baseline="naive",
    candidate="function",
    headline=100,
    cells=(
        cell("naive", 8.0),
        cell("function", 2.0),
        cell("floor", 1.6),
        cell("naive", 80.0, rtt_ms=5),
        cell("function", 7.0, rtt_ms=5),
        cell("floor", 6.5, rtt_ms=5),
    ),
    controls=(Control(0, 100, ratio=1.03), Control(5, 100, ratio=0.99)),
    references=(),
    floor="floor",
    goals=(Goal(Measure.TIME, 1.5, "floor"),),
)
SLOW = replace(
    RUN,
    server_version="18.1",
    server_kind="embedded",
    cells=(cell("naive", 1.0), cell("function", 2.0), cell("floor", 1.0)),
    controls=RUN.controls[:1],
)


def test_every_goal_has_a_line_with_a_column_a_server() -> None:
    lines = render([RUN, replace(RUN, server_version="15.2", server_kind="local")]).splitlines()

    assert "| goal | wanted | 17.6 (container) | 15.2 (local) | |" in lines
    assert (
        "| `list_things`, time at 100 things, over floor | at most 1.5 | 1.25 | 1.25 | reached |"
        in lines
    )
    closest = next(line for line in lines if "fastest other road" in line)
    assert closest.endswith("| not slower | 0.25 (±0.03) | 0.25 (±0.03) | reached |")
    assert "| function | 1 | 1 | 1 | 12 | 2,000 | 2.00 | 7.00 |" in lines
    assert "| naive | 1 | 1 | 1 | 12 | 2,000 | 8.00, 0.25 | 80.00, 0.09 |" in lines


def test_a_miss_on_one_server_is_a_miss() -> None:
    section = render([RUN, SLOW])

    assert section.count("**missed**") == 2
    assert not is_good([RUN, SLOW])
    assert is_good([RUN, RUN])


def test_a_section_replaces_the_one_before_and_nothing_else() -> None:
    page = f"# Performance\n\nabove\n\n{BEGIN}\nstale\n{END}\n\nbelow\n"

    written = spliced(page, render([RUN]))

    assert written.startswith(f"# Performance\n\nabove\n\n{BEGIN}\n## The functions")
    assert written.endswith(f"{END}\n\nbelow\n")
    assert "stale" not in written
    assert spliced("# Performance\n", render([RUN])).startswith(f"# Performance\n\n{BEGIN}")
