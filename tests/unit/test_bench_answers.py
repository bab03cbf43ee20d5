"""Equal answers: what counts as different, and how it is said."""

from decimal import Decimal

import pytest

from toolkit.bench.answers import DifferentAnswers, refuse_difference
from toolkit.bench.workload import Row

EXPECTED: list[Row] = [("a", Decimal("1.20")), ("b", None)]


def compare(answer: list[Row]) -> None:
    refuse_difference(
        "quick",
        answer,
        expected_of="naive",
        expected=EXPECTED,
        columns=("name", "average"),
        subject="2 things",
    )


def test_equal_rows_in_equal_order_pass() -> None:
    compare([("a", Decimal("1.2")), ("b", None)])


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (
            [("a", Decimal("1.21")), ("b", None)],
            "2 things, row 1: average is Decimal('1.21'), naive has Decimal('1.20')",
        ),
        ([EXPECTED[0], ("b", 0)], "2 things, row 2: average is 0, naive has None"),
        ([EXPECTED[1], EXPECTED[0]], "2 things, row 1: name is 'b', naive has 'a'"),
        ([EXPECTED[0]], "2 things, row 2: missing, naive has ('b', None)"),
        ([*EXPECTED, ("c", None)], "2 things, row 3: naive has no such row: ('c', None)"),
        ([("a",), ("b",)], "2 things, row 1: 1 columns, naive has 2"),
    ],
)
def test_the_first_difference_is_refused_by_name(answer: list[Row], detail: str) -> None:
    with pytest.raises(DifferentAnswers) as caught:
        compare(answer)

    assert str(caught.value) == "variant quick answers otherwise than naive"
    assert caught.value.detail == detail
    assert "quick" in caught.value.hint
