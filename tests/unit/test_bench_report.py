"""What a benchmark says of itself: goals, verdicts, and the three forms they are shown in."""

import io
import json
from dataclasses import replace

from rich.console import Console

from toolkit.bench.goals import hold
from toolkit.bench.result import Benchmark, Cell, Control, Cost, Reference
from toolkit.bench.timing import summarise
from toolkit.bench.workload import Goal, Measure
from toolkit.cli.bench import document, is_good
from toolkit.report.bench import render_bench
from toolkit.report.bench_page import render_page


def cell(variant: str, p50_ms: float, *, size: int = 100, buffers: int = 10) -> Cell:
    cost = Cost(1, 1, 0, buffers, 100, 2_000)
    samples = [p50_ms * (1 + step / 1_000) for step in range(-10, 11)]
    return Cell(variant, 0, size, cost, summarise(samples))


RUN = Benchmark(
    workload="list_things",
    question="which <things>?",
    axis="things",
    server_kind="local",
    server_version="17.6",
    baseline="naive",
    candidate="function",
    headline=100,
    cells=(
        cell("naive", 9.0),
        cell("function", 3.0, buffers=12),
        cell("floor", 2.0, buffers=2),
        cell("function", 1.5, size=10, buffers=6),
    ),
    controls=(Control(0, 100, ratio=1.02), Control(0, 10, ratio=1.0)),
    references=(Reference(0, 100, p50_ms=0.2),),
    floor="floor",
    goals=(
        Goal(Measure.TIME, 1.5, "floor"),
        Goal(Measure.BUFFERS, 6, "floor"),
        Goal(Measure.BUFFERS, 2.0, "function", over_size=10),
    ),
)


def with_naive(p50_ms: float) -> Benchmark:
    return replace(RUN, cells=(cell("naive", p50_ms), *RUN.cells[1:]))


def test_goals_are_multiples_of_what_the_same_run_measured() -> None:
    held = hold(RUN)

    assert [round(one.value, 3) for one in held] == [1.5, 6.0, 2.0]
    assert [one.what for one in held] == [
        "time at 100 things, over floor",
        "buffers at 100 things, over floor",
        "buffers at 100 things, over function at 10",
    ]
    assert is_good(RUN)


def test_a_goal_in_time_is_about_the_shortest_calls() -> None:
    """What else the machine does makes calls longer, and medians of calls with them."""
    disturbed = replace(RUN.cells[1], timing=summarise([3.0, 30.0, 30.0]))
    floor = replace(RUN.cells[2], timing=summarise([2.0, 2.0, 2.0]))
    run = replace(RUN, cells=(disturbed, floor), goals=RUN.goals[:1])

    assert [one.value for one in hold(run)] == [1.5]


def test_each_goal_can_be_missed() -> None:
    for place, goal in enumerate(RUN.goals):
        goals = [*RUN.goals]
        goals[place] = replace(goal, most=goal.most * 0.9)
        run = replace(RUN, goals=tuple(goals))

        assert [one.reached for one in hold(run)].index(False) == place
        assert not is_good(run)


def test_a_goal_about_what_was_not_measured_is_left_out() -> None:
    run = replace(RUN, cells=RUN.cells[:2])

    assert hold(run) == ()


def test_who_is_slower_than_another_variant_is_told_so() -> None:
    run = with_naive(2.0)

    assert [slow.variant for slow in run.slower_than()] == ["naive"]
    assert not is_good(run)


def test_slower_within_the_noise_of_the_run_is_not_slower() -> None:
    noisy = replace(with_naive(2.9), controls=(Control(0, 100, ratio=0.9),))

    assert noisy.slower_than() == ()


def test_the_floor_is_no_rival() -> None:
    assert [slow.variant for slow in RUN.slower_than()] == []


def test_machines_get_ratios_goals_and_who_was_slower() -> None:
    found = json.loads(json.dumps(document(with_naive(2.0))))

    assert found["floor"] == "floor"
    assert {record["variant"]: record["ratio"] for record in found["over"]} == {
        "naive": 1.5,
        "floor": 1.5,
    }
    assert all(record["low"] <= record["ratio"] <= record["high"] for record in found["over"])
    assert found["goals"][0] == {
        "goal": "time at 100 things, over floor",
        "at_most": 1.5,
        "found": 1.5,
        "reached": True,
    }
    assert found["slower_than"] == [{"variant": "naive", "rtt_ms": 0, "things": 100}]


def test_people_get_the_variants_side_by_side_within_eighty_columns() -> None:
    stream = io.StringIO()
    Console(file=stream, width=80).print(render_bench(RUN))
    lines = stream.getvalue().splitlines()

    naive = next(line.split() for line in lines if line.strip().startswith("naive"))
    assert naive == ["naive", "1", "1", "0", "10", "2.0", "9.00", "9.08", "0.33"]
    assert "100 things, 0 ms away  function beside itself: 2.0% apart" in stream.getvalue()
    assert any(line.startswith("reached time at 100 things, over floor: 1.50") for line in lines)
    assert not any("…" in line for line in lines)


def test_a_page_holds_every_workload_and_escapes_what_it_is_told() -> None:
    page = render_page([RUN, replace(with_naive(2.0), workload="other")])

    assert page.startswith("<!doctype html>")
    assert "which &lt;things&gt;?" in page
    assert page.count("<h1>") == 2
    assert page.count('class="candidate"') == 4
    assert 'class="missed">missed: function is slower than naive at 100 things' in page
    assert "http" not in page
