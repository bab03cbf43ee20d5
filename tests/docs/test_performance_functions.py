"""docs/performance.md: every goal of the functions stands there, measured on every server."""

from pathlib import Path

from benchmarks.functions.page import BEGIN, END
from toolkit.bench.tenant import list_workloads, load_workload

PROJECT = Path(__file__).resolve().parents[2]
PAGE, BENCHMARKS = PROJECT / "docs" / "performance.md", PROJECT / "benchmarks"


def test_every_goal_of_the_functions_has_a_figure_from_every_server() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    names = list_workloads(BENCHMARKS)
    goals = sum(len(load_workload(BENCHMARKS, name).goals) for name in names)
    heading = next(line for line in section.splitlines() if line.startswith("| goal |"))
    lines = [line.split("|") for line in section.splitlines() if line.startswith("| `")]

    majors = [column.split(".")[0].strip() for column in heading.split("|")[3:6]]
    assert majors == ["17", "15", "18"]
    # One for each goal, and one for each workload about being slower than no other road.
    assert len(lines) == goals + len(names)
    assert all(float(figure.split()[0]) > 0 for line in lines for figure in line[3:6])
