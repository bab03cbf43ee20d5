"""Reprints: two printings of one definition become one text, two definitions never do."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.catalog.reprints import reprinted

Assignment = Mapping[str, bool]
NAMES = ("p", "q", "r")
ASSIGNMENTS = [dict(zip(NAMES, values, strict=True)) for values in product([False, True], repeat=3)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(((a >= 1) AND (a <= 2)) AND (b = 1))", "((a >= 1) AND (a <= 2) AND (b = 1))"),
        ("((((a) AND (b)) AND (c)) AND (d))", "((a) AND (b) AND (c) AND (d))"),
        ("(((a) OR (b)) OR (c))", "((a) OR (b) OR (c))"),
        ("(NOT (((a) AND (b)) AND (c)))", "(NOT ((a) AND (b) AND (c)))"),
        ("((p AND q) AND\n CASE r WHEN p THEN q END)", "(p AND q AND\n CASE r WHEN p THEN q END)"),
        ("f(((p AND q) AND r), ' AND ')", "f((p AND q AND r), ' AND ')"),
        (
            "(v = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            "(v = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
        ),
        ("f((ARRAY[0.25, a])::double precision[])",
         "f(ARRAY[(0.25)::double precision, (a)::double precision])"),
        ("(ARRAY[ARRAY['a'::text], ARRAY['b'::text]])::s.\"Mood\"[]",
         "ARRAY[ARRAY[('a'::text)::s.\"Mood\"], ARRAY[('b'::text)::s.\"Mood\"]]"),
        ("((ARRAY['1'::text])::numeric(5,2)[])::text[]",
         "ARRAY[(('1'::text)::numeric(5,2))::text]"),
        ("(ARRAY[f(a, b), 'x'::text])::character varying(3)[]",
         "ARRAY[(f(a, b))::character varying(3), ('x'::text)::character varying(3)]"),
        ("BEGIN ATOMIC\n SELECT 1,\n    'x'::text AS text;\nEND",
         "BEGIN ATOMIC\n SELECT 1,\n    'x'::text;\nEND"),
        ("(EXISTS ( SELECT NULL::text AS text FROM t))", "(EXISTS ( SELECT NULL::text FROM t))"),
        ("( SELECT '-1'::integer AS int4)", "( SELECT '-1'::integer)"),
        ("( SELECT '1 day'::interval AS \"interval\")", "( SELECT '1 day'::interval)"),
        ("( SELECT '1'::numeric(5,2) AS \"numeric\")", "( SELECT '1'::numeric(5,2))"),
        ("( SELECT 'x'::timestamp(3) with time zone AS timestamptz)",
         "( SELECT 'x'::timestamp(3) with time zone)"),
        ("( SELECT DISTINCT 'x'::s.\"Mood\" AS \"Mood\")", "( SELECT DISTINCT 'x'::s.\"Mood\")"),
        ("( SELECT 'x'::character varying[] AS \"varchar\")", "( SELECT 'x'::character varying[])"),
    ],
)  # fmt: skip
def test_two_printings_of_one_thing_become_one_text(one: str, other: str) -> None:
    assert reprinted(one) == reprinted(other)
    assert reprinted(reprinted(one)) == reprinted(one)


@pytest.mark.parametrize(
    "text",
    [
        "(((a) OR (b)) AND (c))",
        "(((a) AND (b)) OR (c))",
        "((a) AND ((b) AND (c)))",
        "f(((a) AND (b)), (c))",
        "f((a AND b), c AND d)",
        "f((a AND b) AND c, d)",
        "(NOT (a AND b)) AND c AND d",
        "((NOT ((a) AND (b))) AND (c))",
        "'(((a) AND (b)) AND (c))'",
        '"(((a) AND (b)) AND (c))"',
        "AS $function$ if ((a AND b) AND c) then -- don't $function$",
        "AS $$ ((a AND b) AND c) $$",
        "((a AND b AND c",
        "((a AND b) AND c) = 'open",
        "sum(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AND (p AND q)",
        "((b ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AND p)",
    ],
)
def test_brackets_that_say_something_stay(text: str) -> None:
    assert reprinted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "(ARRAY[a, b])::text[]",
        "(ARRAY[f(a), (b || c)])::text[]",
        "(ARRAY[a, (b)::integer[]])::text[]",
        "(ARRAY[ARRAY['a'::text], b])::character varying[]",
        "(ARRAY[1, 2])::text",
        "(ARRAY[1, 2])::s.list",
        "f(ARRAY[1, 2])::text[]",
        "('(ARRAY[1, 2])::text[]')",
    ],
)
def test_an_array_whose_elements_may_be_arrays_stays(text: str) -> None:
    assert reprinted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'x'::text AS name",
        "SELECT 'x'::text AS \"?column?\"",
        "SELECT (t.a)::text AS text",
        "SELECT f('x'::text) AS text",
        "SELECT (a || 'x'::text) AS text",
        "SELECT XMLFOREST('x'::text AS text) AS xmlforest",
        "SELECT JSON_EXISTS(j, '$.a' PASSING 'x'::text AS text) AS json_exists",
        "SELECT 'x'::bit varying AS bit",
    ],
)
def test_names_that_somebody_gave_stay(text: str) -> None:
    assert reprinted(text) == text


def test_depth_and_length_cost_no_more_than_time() -> None:
    deep = "(" * 5_000 + "(a AND b) AND c" + ")" * 5_000

    assert reprinted(deep) == "(" * 5_000 + "a AND b AND c" + ")" * 5_000


# What a tree of operators looks like when the server prints it: brackets around every one of them.
_TREES = st.recursive(
    st.sampled_from([*NAMES, "true", "false", "(p = q)", "(NOT r)"]),
    lambda inner: st.one_of(
        inner.map("(NOT {})".format),
        st.builds("({} = {})".format, inner, inner),
        st.builds(
            lambda word, operands: f"({f' {word} '.join(operands)})",
            st.sampled_from(["AND", "OR"]),
            st.lists(inner, min_size=2, max_size=4),
        ),
    ),
    max_leaves=12,
)


@given(_TREES)
def test_no_two_conditions_with_other_answers_become_one_text(text: str) -> None:
    """What one text says is one thing: whoever shares it has its answers."""
    assert _answers(reprinted(text)) == _answers(text)
    assert reprinted(reprinted(text)) == reprinted(text)


def _answers(text: str) -> list[bool]:
    for sql, python in ((" AND ", " and "), (" OR ", " or "), ("NOT ", "not "), (" = ", " == ")):
        text = text.replace(sql, python)
    condition = compile(text.replace("true", "True").replace("false", "False"), "", "eval")
    return [bool(eval(condition, dict(assignment))) for assignment in ASSIGNMENTS]
