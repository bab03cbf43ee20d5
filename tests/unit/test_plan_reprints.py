"""Reprints: two ways to print one definition are told from two definitions."""

import pytest

from toolkit.plan.reprints import is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(((a >= 1) AND (a <= 2)) AND (b = 1))", "((a >= 1) AND (a <= 2) AND (b = 1))"),
        ("((((a) AND (b)) AND (c)) AND (d))", "((a) AND (b) AND (c) AND (d))"),
        ("(((a) OR (b)) OR (c))", "((a) OR (b) OR (c))"),
        ("(NOT (((a) AND (b)) AND (c)))", "(NOT ((a) AND (b) AND (c)))"),
    ],
)
def test_a_chain_that_begins_a_chain_needs_no_brackets(one: str, other: str) -> None:
    assert is_same("definition", one, other)
    assert is_same("definition", other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(((a) OR (b)) AND (c))", "((a) OR (b) AND (c))"),
        ("(((a) AND (b)) OR (c))", "((a) AND (b) OR (c))"),
        ("((a) AND ((b) AND (c)))", "((a) AND (b) AND (c))"),
        ("f(((a) AND (b)), (c))", "f((a) AND (b), (c))"),
        ("'(((a) AND (b)) AND (c))'", "'((a) AND (b) AND (c))'"),
        (("a",), ("b",)),
        ("a", None),
    ],
)
def test_whatever_else_differs_differs(one: object, other: object) -> None:
    assert not is_same("definition", one, other)  # type: ignore[arg-type]  # values of any kind


def test_somebodys_own_words_differ_by_a_bracket() -> None:
    assert not is_same("comment", "(((a) AND (b)) AND (c))", "((a) AND (b) AND (c))")
