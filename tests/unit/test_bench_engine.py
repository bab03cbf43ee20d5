"""The engine's bench: goals are held to, and the page keeps everything else it says."""

from dataclasses import replace

from benchmarks.engine.crowd import LARGE, SMALL
from benchmarks.engine.goals import BEGIN, END, goals, render, spliced
from benchmarks.engine.measurements import Cloning, Reading, Report
from benchmarks.engine.rival import RivalRun
from toolkit.bench.result import Timing


def _timing(p50_ms: float) -> Timing:
    return Timing(p50_ms=p50_ms, p95_ms=p50_ms * 2, repetitions=10)


def _reading(ours_ms: float, plain_ms: float) -> Reading:
    return Reading(
        crowd=SMALL,
        facts=240,
        statements=7,
        ours=_timing(ours_ms),
        comparing=_timing(ours_ms),
        plain=_timing(plain_ms),
        our_bytes=2_000,
        plain_bytes=1_000,
    )


REPORT = Report(
    server="PostgreSQL 17.11, container",
    small=_reading(20, 10),
    large=replace(_reading(100, 30), crowd=LARGE),
    rival=(RivalRun(9_036, 14.0, 0), RivalRun(9_036, 13.0, 0), RivalRun(9_036, 99.0, 0)),
    cloning=Cloning(ours=_timing(10), bare=_timing(9), default=_timing(12)),
)


def test_every_goal_is_reached_by_good_figures() -> None:
    assert [goal.reached for goal in goals(REPORT)] == [True, True, True, True]
    assert [goal.got for goal in goals(REPORT)] == ["7", "700 times", "3.33 times", "1.11 times"]


def test_each_goal_can_be_missed() -> None:
    grows = replace(REPORT, large=replace(REPORT.large, statements=8))
    slow = replace(REPORT, small=_reading(100, 10))
    heavy = replace(REPORT, large=_reading(100, 20))
    dear = replace(REPORT, cloning=replace(REPORT.cloning, ours=_timing(12)))

    for missed, report in enumerate((grows, slow, heavy, dear)):
        assert [goal.reached for goal in goals(report)].index(False) == missed
        assert "**missed**" in render(report)


def test_a_section_replaces_the_one_before_and_nothing_else() -> None:
    page = f"# Performance\n\nabove\n\n{BEGIN}\nold\n{END}\n\nbelow\n"

    written = spliced(page, render(REPORT))

    assert written.startswith(f"# Performance\n\nabove\n\n{BEGIN}\n## The engine")
    assert written.endswith(f"{END}\n\nbelow\n")
    assert "old" not in written
    assert spliced(written, render(REPORT)) == written


def test_a_page_without_a_section_gets_one() -> None:
    assert spliced("# Performance\n", render(REPORT)).startswith(f"# Performance\n\n{BEGIN}")
