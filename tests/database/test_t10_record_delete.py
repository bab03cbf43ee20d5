"""Triggers t10_record_delete: whoever deletes, and whatever goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.audited import AUDITED

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("table", AUDITED)
def test_what_goes_with_its_user_is_recorded_once(world: World, table: str) -> None:
    user_id = world.furnish()
    image = world.value(f"select to_jsonb(one) from public.{table} as one")

    world.run("delete from auth.users where id = %s", user_id)

    assert world.rows(
        "select user_id, old_row, new_row from audit.changes "
        "where table_name = %s and operation = 'delete'",
        table,
    ) == [(user_id, image, None)]


def test_a_parent_is_recorded_before_what_goes_with_it(world: World) -> None:
    world.run("delete from auth.users where id = %s", world.furnish())

    gone = [
        table
        for (table,) in world.rows(
            "select table_name from audit.changes where operation = 'delete' order by seq"
        )
    ]

    assert gone.index("profiles") < gone.index("strategies")
    assert gone.index("strategies") < gone.index("backtest_results") < gone.index("trades")
