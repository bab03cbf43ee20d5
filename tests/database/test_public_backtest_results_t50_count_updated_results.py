"""Trigger t50_count_updated_results: no way of updating results goes around the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_service_that_corrects_a_figure_corrects_the_totals(world: World) -> None:
    ada = world.sign_up()
    world.result(ada, world.strategy(ada))

    with world.acting_as("service_role"):
        world.run("update public.backtest_results set total_return = 8")

        assert world.stats_off() == []
        assert world.value("select return_total from public.strategy_stats") == 8


def test_a_statement_is_counted_once_however_many_rows_it_updates(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    for _ in range(50):
        world.result(ada, strategy)
    before = updates(world)

    world.run("update public.backtest_results set total_return = total_return + 1")

    assert updates(world) - before == 1


def updates(world: World) -> int:
    count: int = world.value(
        """
        select n_tup_upd from pg_catalog.pg_stat_xact_user_tables
        where relname = 'strategy_stats'
        """
    )
    return count
