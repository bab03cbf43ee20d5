"""Trigger t70_mark_dirty_inserted: new results change the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_new_result_marks_the_ranking(world: World) -> None:
    owner = competitor(world)
    refresh(world)

    world.result(*owner, sharpe_ratio=7)

    assert (is_dirty(world), off(world) != []) == (True, True)


def test_copied_results_mark_it_too(world: World) -> None:
    user_id, strategy = competitor(world)
    refresh(world)

    with (
        world.connection.cursor() as cursor,
        cursor.copy(
            "copy public.backtest_results"
            " (user_id, strategy_id, total_return, max_drawdown, total_trades) from stdin"
        ) as copy,
    ):
        copy.write_row((user_id, strategy, 1, 0, 0))

    assert is_dirty(world)
