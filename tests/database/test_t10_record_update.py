"""Triggers t10_record_update: both images of each row that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.audited import CHANGES

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_is_recorded_from_what_to_what(world: World, table: str) -> None:
    user_id = world.furnish()
    before = world.value(f"select to_jsonb(one) from public.{table} as one")

    touched = world.run(f"update public.{table} set {CHANGES[table]}")

    after = world.value(f"select to_jsonb(one) from public.{table} as one")
    assert (touched, before != after) == (1, True)
    assert world.rows(
        "select user_id, old_row, new_row from audit.changes "
        "where table_name = %s and operation = 'update'",
        table,
    ) == [(user_id, before, after)]


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_that_stays_as_it_was_is_not_recorded(world: World, table: str) -> None:
    world.furnish()

    touched = world.run(
        f"update public.{table} set user_id = user_id"
        if table != "profiles"
        else "update public.profiles set id = id"
    )

    assert touched == 1
    assert world.rows("select from audit.changes where operation = 'update'") == []
