"""internal.record_updated_rows_trigger(): paired by their key, and only what changed counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

RECORDS = "select operation, record_key, old_row, new_row from audit.changes order by seq"

THIS = "select oid from pg_catalog.pg_database where datname = current_database()"
COMPILED = f"""
    select statements.toplevel, statements.jit_functions > 0
    from extensions.pg_stat_statements as statements
    where
        statements.dbid = ({THIS})
        and (
            statements.query like '%insert into audit.changes%'
            or statements.query like 'update public.toy %'
        )
    order by statements.toplevel
"""


@pytest.fixture
def toy(world: World) -> World:
    """Return a world with an empty audited table of its own."""
    world.run("create table public.toy (id int primary key, word text, secret text)")
    world.run("select internal.audit_table('public.toy')")
    return world


def test_a_changed_key_is_a_row_that_went_and_one_that_came(toy: World) -> None:
    toy.run("insert into public.toy values (1, 'one', null), (2, 'two', null)")
    toy.run("update public.toy set id = id + 1 where id = 2")

    assert sorted(toy.rows(RECORDS)[2:]) == [
        ("delete", {"id": 2}, {"id": 2, "word": "two", "secret": None}, None),
        ("insert", {"id": 3}, None, {"id": 3, "word": "two", "secret": None}),
    ]


def test_keys_that_swap_are_two_updates(toy: World) -> None:
    toy.run("alter table public.toy drop constraint toy_pkey")
    toy.run("alter table public.toy add primary key (id) deferrable")
    toy.run("insert into public.toy values (1, 'one', null), (2, 'two', null)")
    toy.run("update public.toy set id = 3 - id")

    assert [
        (operation, key["id"], old["word"], new["word"])
        for operation, key, old, new in sorted(toy.rows(RECORDS)[2:], key=str)
    ] == [("update", 1, "one", "two"), ("update", 2, "two", "one")]


def test_what_is_equal_and_yet_not_the_same_is_recorded(world: World) -> None:
    world.run("create table public.toy (id int primary key, figure numeric)")
    world.run("select internal.audit_table('public.toy')")
    world.run("insert into public.toy values (1, 1.0)")

    world.run("update public.toy set figure = 1.00")
    world.run("update public.toy set figure = 1.00")

    assert [row[0] for row in world.rows(RECORDS)] == ["insert", "update"]
    assert world.value("select new_row::text from audit.changes order by seq desc limit 1") == (
        '{"id": 1, "figure": 1.00}'
    )


def test_a_plan_that_looks_dear_is_not_compiled(toy: World) -> None:
    toy.run("insert into public.toy select n, 'one', null from generate_series(1, 10) as n")
    toy.run("create extension if not exists pg_stat_statements schema extensions")
    toy.run("set local jit = on")
    toy.run("set local jit_above_cost = 0")
    toy.run(f"select extensions.pg_stat_statements_reset(0, ({THIS}), 0)")

    toy.run("update public.toy set word = 'two'")

    # The session compiles whatever it can, where it can.
    assert toy.rows(COMPILED) == [(False, False), (True, toy.value("select pg_jit_available()"))]
