"""Trigger t70_mark_dirty_truncated: truncated results leave no ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_truncated_results_mark_the_ranking(world: World) -> None:
    competitor(world)
    refresh(world)

    world.run("truncate public.backtest_results, public.trades")

    assert (is_dirty(world), off(world) != []) == (True, True)
