"""Scripts are cut where PostgreSQL cuts them."""

import pytest

from toolkit.script import Statement, split


def _texts(script: str) -> list[str]:
    return [statement.text for statement in split(script)]


@pytest.mark.parametrize(
    "statement",
    [
        "select ';'",
        "select 'it''s; fine'",
        r"select e'a\';b'",
        'select ";" from "a"";b"',
        "select $$;$$",
        "select $body$ $$;$$ ; $body$",
        "select $1",
        "select 1 /* ; /* ; */ ; */ + 1",
        "select 1 -- ;\n + 1",
        "create rule r as on insert to t do (select 1; select 2)",
        "create function f() returns int begin atomic select 1; select 2; end",
        "create or replace procedure p() begin atomic select case 1 when 1 then 2 end; end",
        "create procedure p() begin atomic insert into t values (1); end",
        "select begin_at, t$x$ from t",
    ],
)
def test_what_looks_like_an_end_and_is_none_stays_inside(statement: str) -> None:
    assert _texts(f"{statement};\nselect 2;") == [statement, "select 2"]


@pytest.mark.parametrize("script", ["", ";", " ;; -- nothing\n", "/* a comment */"])
def test_what_says_nothing_is_no_statement(script: str) -> None:
    assert split(script) == ()


def test_begin_outside_a_body_is_a_statement_like_any_other() -> None:
    assert _texts("begin; select 1; end; select 2") == ["begin", "select 1", "end", "select 2"]


def test_a_statement_knows_its_line_and_its_title() -> None:
    first, second = split("-- a comment\n\nselect 1;\n\n/* another\n*/ select\n    2;")

    assert first == Statement("select 1", 3)
    assert (second.line, second.title) == (6, "select")


@pytest.mark.parametrize("script", ["select $$ never closed; ", "/* never closed;", "select ('"])
def test_what_never_ends_ends_with_the_script(script: str) -> None:
    assert len(split(script)) <= 1
