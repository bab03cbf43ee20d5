"""docs/performance.md: the engine's figures are there, and every goal was reached."""

from pathlib import Path

from benchmarks.engine.goals import BEGIN, END

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def test_the_engines_goals_were_reached_when_last_measured() -> None:
    section = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]

    assert section.count("| reached |") == 4
    assert "missed" not in section
