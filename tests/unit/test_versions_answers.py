"""Comparing two answers: shared fields have to be the same, and everything else is named."""

from decimal import Decimal

import pytest

from toolkit.versions.answers import Answer, Fields, compare_fields, find_difference

NOTHING = frozenset[str]()


def rows(*documents: object) -> Answer:
    return Answer(tuple(documents))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1, "b": None}, {"a": 1, "b": None}),
        ({"a": Decimal("1.50")}, {"a": Decimal("1.5")}),
        ({"a": 1, "gone": 2}, {"a": 1, "new": 3}),
        ({"a": {"b": [1, {"c": 2, "gone": 1}]}}, {"a": {"b": [1, {"c": 2}]}}),
        (7, 7),
        (None, None),
    ],
)
def test_what_both_say_is_the_same(old: object, new: object) -> None:
    assert find_difference(rows(old), rows(new), NOTHING) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"a": 1}, {"a": 2}, "a: 1, then 2"),
        ({"a": None}, {"a": 0}, "a: null, then 0"),
        ({"a": True}, {"a": 1}, "a: True, then 1"),
        ({"a": "1"}, {"a": 1}, "a: 1, then 1"),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}]}}, "a.b[1].c: 2, then 3"),
        ({"a": [1, 2]}, {"a": [1]}, "a: 2 entries, then 1"),
        ([1], [2], "[0]: 1, then 2"),
        (7, 8, "the answer: 7, then 8"),
    ],
)
def test_the_first_difference_is_named_by_its_path(old: object, new: object, said: str) -> None:
    assert find_difference(rows(old), rows(new), NOTHING) == said


def test_rows_are_compared_in_order_and_counted() -> None:
    one, two = {"id": 1}, {"id": 2}

    assert find_difference(rows(one, two), rows(two, one), NOTHING) == "row 1, id: 1, then 2"
    assert find_difference(rows(one, two), rows(one), NOTHING) == "2 rows, then 1 row"
    assert find_difference(rows(), rows(one), NOTHING) == "0 rows, then 1 row"


def test_a_field_to_ignore_is_ignored_at_every_depth() -> None:
    old, new = {"id": 1, "in": [{"id": 2, "a": 1}]}, {"id": 3, "in": [{"id": 4, "a": 1}]}

    assert find_difference(rows(old), rows(new), frozenset({"id"})) is None


def test_errors_are_answers_too() -> None:
    refused = Answer(sqlstate="42501", message="no")

    assert find_difference(refused, Answer(sqlstate="42501", message="no"), NOTHING) is None
    assert (
        find_difference(refused, Answer(sqlstate="42501", message="never"), NOTHING)
        == "42501 no, then 42501 never"
    )
    assert find_difference(refused, rows(), NOTHING) == "42501 no, then 0 rows"


def test_fields_of_one_side_alone_are_told_apart() -> None:
    found = compare_fields(rows({"a": 1, "old": 2}), rows({"a": 1, "new": 2}))

    assert found == Fields(lost=frozenset({"old"}), gained=frozenset({"new"}))
    assert compare_fields(rows(1), rows(2)) == compare_fields(rows(), rows({"a": 1})) == Fields()
