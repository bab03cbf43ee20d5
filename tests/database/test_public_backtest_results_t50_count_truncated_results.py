"""Trigger t50_count_truncated_results: truncating results does not leave totals behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_truncating_results_alone_empties_the_totals(world: World) -> None:
    ada = world.sign_up()
    world.result(ada, world.strategy(ada))

    world.run("truncate public.backtest_results, public.trades")

    assert world.stats_off() == []
