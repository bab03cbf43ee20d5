"""Trigger t50_count_deleted_results: no way of deleting results goes around the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_service_that_deletes_results_takes_them_out_of_the_totals(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    kept, gone = world.result(ada, strategy), world.result(ada, strategy)

    with world.acting_as("service_role"):
        world.run("delete from public.backtest_results where id = %s", gone)

        assert world.stats_off() == []
        assert world.rows("select id from public.backtest_results") == [(kept,)]


def test_results_that_cascade_away_fire_one_statement_for_many_strategies(world: World) -> None:
    ada, bob = world.sign_up(), world.sign_up()
    for user_id in (ada, bob):
        for _ in range(3):
            world.result(user_id, world.strategy(user_id))

    world.run("delete from public.strategies where user_id = %s", ada)

    assert world.stats_off() == []
    assert world.rows("select distinct user_id from public.strategy_stats") == [(bob,)]
