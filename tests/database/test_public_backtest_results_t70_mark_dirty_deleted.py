"""Trigger t70_mark_dirty_deleted: results that go change the ranking, by whatever way they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("table", ["backtest_results", "strategies", "profiles"])
def test_deleted_results_mark_the_ranking(world: World, table: str) -> None:
    competitor(world)
    refresh(world)

    world.run(f"delete from public.{table}")

    assert (is_dirty(world), off(world) != []) == (True, True)
