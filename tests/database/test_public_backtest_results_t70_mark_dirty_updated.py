"""Trigger t70_mark_dirty_updated: corrected results change the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_corrected_result_marks_the_ranking(world: World) -> None:
    competitor(world)
    refresh(world)

    world.run("update public.backtest_results set sharpe_ratio = 7")

    assert (is_dirty(world), off(world) != []) == (True, True)
