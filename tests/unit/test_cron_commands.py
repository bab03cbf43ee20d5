"""Commands of jobs taken apart: one call of one qualified routine, or nothing."""

import pytest

from toolkit.cron.commands import Call, parse


@pytest.mark.parametrize(
    ("command", "call"),
    [
        ("select shop.tidy()", Call("select", "shop.tidy", "")),
        ("SELECT shop.tidy( 7 );", Call("select", "shop.tidy", "7")),
        ("call shop.tidy(p_days => 7)", Call("call", "shop.tidy", "p_days => 7")),
        ('select "My Shop"."Tidy"()', Call("select", '"My Shop"."Tidy"', "")),
        ("  call\n  shop.tidy\n  ()\n", Call("call", "shop.tidy", "")),
    ],
)
def test_a_call_is_taken_apart(command: str, call: Call) -> None:
    assert parse(command) == call


@pytest.mark.parametrize(
    "command",
    [
        "select tidy()",
        "select 1",
        "delete from shop.orders",
        "select shop.tidy(); select shop.tidy()",
        "select shop.tidy(), shop.sweep()",
        "select shop.tidy() from shop.orders",
        "vacuum",
    ],
)
def test_everything_else_is_none(command: str) -> None:
    assert parse(command) is None
