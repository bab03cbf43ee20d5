"""The bench of the record: what counts as reached, and that a missed goal is said."""

from dataclasses import replace

import pytest

from benchmarks.audit.page import BEGIN, END, Measured, is_good, render, spliced
from benchmarks.audit.sides import BY_ROW, FLOOR, PLAIN, RECORDED


def _turns(recorded: float) -> list[dict[str, float]]:
    # The first turn is twice as slow for all: only what is within a turn is compared.
    return [{PLAIN: k, RECORDED: recorded * k, BY_ROW: 2 * k, FLOOR: k} for k in (20.0, 10.0, 10.0)]


REACHED = Measured(
    large={"insert": _turns(2.0), "update": _turns(3.0)},
    single={count: {"insert": _turns(0.85), "update": _turns(0.85)} for count in (1, 16)},
    nested={RECORDED: 1.0, BY_ROW: 1000.0},
    in_memory={1: {"insert": _turns(0.5)}},
)
MISSED = {
    "a slow insert": replace(REACHED, large={"insert": _turns(2.1), "update": _turns(1)}),
    "a slow update": replace(REACHED, large={"insert": _turns(1), "update": _turns(3.1)}),
    "one client": replace(REACHED, single={1: {"update": _turns(0.8)}}),
    "sixteen clients": replace(REACHED, single={16: {"insert": _turns(0.8)}}),
    "a statement too many": replace(REACHED, nested={RECORDED: 1.1, BY_ROW: 1000.0}),
    "no record at all": replace(REACHED, nested={RECORDED: 0.0, BY_ROW: 1000.0}),
}


def test_goals_that_are_reached_are_good() -> None:
    assert is_good(REACHED)
    assert "missed" not in render("a server", REACHED)


@pytest.mark.parametrize("measured", MISSED.values(), ids=MISSED)
def test_a_missed_goal_is_said(measured: Measured) -> None:
    assert not is_good(measured)
    assert render("a server", measured).count("**missed**") == 1


def test_the_section_takes_the_place_of_the_one_before() -> None:
    once = spliced("# Page\n", f"{BEGIN}\nold\n{END}")

    assert spliced(once, f"{BEGIN}\nnew\n{END}") == f"# Page\n\n{BEGIN}\nnew\n{END}\n"
