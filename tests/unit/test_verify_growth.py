"""Judging prices: what may grow, and by how much."""

import pytest

from toolkit.verify.growth import Scale, judge_growth, judge_statements, scales
from toolkit.verify.metering import Price

FLAT = Price(trips=1, statements=1, nested=4, buffers=100, bytes=1000)


def prices(**grown: object) -> dict[Scale, Price]:
    """Return the same price for every scale, but for one kind that is given by scale."""
    ((kind, by_scale),) = grown.items() or {"nested": {}}.items()
    assert isinstance(by_scale, dict)
    return {
        scale: Price(**{**_fields(FLAT), kind: by_scale.get((scale.size, scale.history), None)
                        or getattr(FLAT, kind)})
        for scale in scales()
    }  # fmt: skip


def _fields(price: Price) -> dict[str, int]:
    return {name: getattr(price, name) for name in Price.__slots__}


def test_what_does_not_grow_is_no_finding() -> None:
    assert judge_statements("f", prices(nested={})) == []
    assert judge_growth("f", prices(nested={})) == []


def test_statements_inside_are_told_as_a_line() -> None:
    (finding,) = judge_statements("f", prices(nested={(10, 1): 25, (100, 1): 205, (1000, 1): 2005}))

    assert finding.detail == (
        "It runs 5 + 2 N statements inside: 25 at N = 10, 205 at N = 100, 2005 at N = 1000."
    )


def test_even_a_single_statement_more_is_found() -> None:
    assert judge_statements("f", prices(nested={(1000, 1): 5})) != []


@pytest.mark.parametrize(
    ("kind", "allowed", "too_much"),
    [("buffers", 208, 210), ("bytes", 2050, 2051), ("trips", 1, 2), ("statements", 1, 2)],
)
def test_twice_the_size_may_cost_about_twice(kind: str, allowed: int, too_much: int) -> None:
    assert judge_growth("f", prices(**{kind: {(200, 1): allowed}})) == []
    (finding,) = judge_growth("f", prices(**{kind: {(200, 1): too_much}}))
    assert finding.detail.startswith(f"From N = 100 to 200 its {kind} grow")


def test_ten_times_the_history_may_cost_hardly_more() -> None:
    assert judge_growth("f", prices(buffers={(100, 10): 114})) == []
    (finding,) = judge_growth("f", prices(buffers={(100, 10): 115}))
    assert finding.detail == "With 10 times the history its buffers grow 1.15 fold."


def test_others_who_have_more_cost_nothing() -> None:
    crowded = Scale(100, neighbours=2)

    def faults(buffers: int) -> list[str]:
        price = Price(**{**_fields(FLAT), "buffers": buffers})
        return [one.detail for one in judge_growth("f", {**prices(nested={}), crowded: price})]

    assert faults(114) == []
    assert faults(115) == ["With twice the neighbours its buffers grow 1.15 fold."]
