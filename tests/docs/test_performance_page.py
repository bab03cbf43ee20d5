"""docs/performance.md: the engine's figures are there, and every goal was reached."""

from pathlib import Path

from benchmarks.engine.goals import BEGIN, END
from benchmarks.plans import page as plans
from benchmarks.runner import goals as runner

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def test_the_engines_goals_were_reached_when_last_measured() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]

    assert section.count("| reached |") == 4
    assert "missed" not in section


def test_a_swap_kept_readers_out_for_a_moment_and_told_none_of_them_an_error() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(plans.BEGIN)[2].partition(plans.END)[0]
    swap = next(line for line in section.splitlines() if line.startswith("| swap |"))

    assert ", reached." in section
    assert swap.split("|")[4:6] == [" 0 ", " 0 "]


def test_the_runners_goals_were_reached_when_last_measured() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(runner.BEGIN)[2].partition(runner.END)[0]

    assert section.count("| reached |") == 2
    assert "missed" not in section
