"""The bench of queues: what counts as reached, and that a missed goal is said."""

import pytest

from benchmarks.queues.measuring import Pair
from benchmarks.queues.page import is_good, render

REACHED = Pair(with_ms=10, without_ms=7, samples=9), Pair(with_ms=11.5, without_ms=10, samples=9)
SLOW = Pair(with_ms=20, without_ms=7, samples=9)


def test_goals_that_are_reached_are_good() -> None:
    assert is_good(*REACHED)
    assert "missed" not in render("a server", *REACHED)


@pytest.mark.parametrize("pairs", [(SLOW, REACHED[1]), (REACHED[0], SLOW)])
def test_a_missed_goal_is_said(pairs: tuple[Pair, Pair]) -> None:
    assert not is_good(*pairs)
    assert render("a server", *pairs).count("**missed**") == 1
