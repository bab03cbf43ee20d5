"""internal.record_deleted_rows_trigger(): what went, and nothing that must not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

RECORDS = "select operation, record_key, old_row, new_row from audit.changes order by seq"


@pytest.fixture
def toy(world: World) -> World:
    """Return a world with an empty audited table of its own."""
    world.run("create table public.toy (id int primary key, word text, secret text)")
    world.run("select internal.audit_table('public.toy')")
    return world


def test_columns_are_left_out_and_their_change_still_is_one(world: World) -> None:
    world.run("create table public.toy (id int primary key, word text, secret text)")
    world.run("select internal.audit_table('public.toy', p_redacted => '{secret}')")
    world.run("insert into public.toy values (1, 'one', 'hunter2')")
    world.run("update public.toy set secret = 'hunter3'")
    world.run("delete from public.toy")

    kept = {"id": 1, "word": "one"}
    assert world.rows(RECORDS) == [
        ("insert", {"id": 1}, None, kept),
        ("update", {"id": 1}, kept, kept),
        ("delete", {"id": 1}, kept, None),
    ]


def test_no_rows_are_no_record(toy: World) -> None:
    toy.run("insert into public.toy select 1 where false")
    toy.run("update public.toy set word = 'x'")
    toy.run("delete from public.toy")

    assert toy.rows(RECORDS) == []


def test_a_statement_is_undone_with_its_record(world: World) -> None:
    ada = world.sign_up()
    before = world.value("select count(*) from audit.changes")

    with world.connection.transaction(force_rollback=True):
        world.strategy(ada)
        during = world.value("select count(*) from audit.changes")

    assert during == before + 1
    assert world.value("select count(*) from audit.changes") == before
