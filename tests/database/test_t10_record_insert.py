"""Triggers t10_record_insert: each table that people and services write, once a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.audited import AUDITED, RECORDED_AT_INSERT, operations

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("table", AUDITED)
def test_a_new_row_is_recorded_as_it_is(world: World, table: str) -> None:
    user_id = world.furnish()

    records = world.rows(
        "select user_id, new_row, record_key from audit.changes where table_name = %s", table
    )

    if table not in RECORDED_AT_INSERT:
        assert records == []
        return
    ((owner, image, key),) = records
    assert owner == user_id
    assert image == world.value(f"select to_jsonb(one) from public.{table} as one")
    assert key.items() <= image.items()


def test_an_upsert_is_recorded_as_what_it_did(world: World) -> None:
    user_id = world.furnish()
    before = operations(world)

    for _ in range(2):
        world.run(
            "insert into public.notifications (user_id, kind, title, dedup_key) "
            "values (%s, 'digest', 'x', 'one') on conflict (user_id, dedup_key) "
            "do update set title = 'again'",
            user_id,
        )

    assert operations(world) - before == {
        ("notifications", "insert"): 1,
        ("notifications", "update"): 1,
    }
