"""internal.count_inserted_results_trigger(): new results are in the totals at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

COLUMNS = "user_id, strategy_id, total_return, max_drawdown, total_trades"


def test_the_first_result_makes_the_totals_and_later_ones_join_them(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)

    for sharpe, cagr in [(1.5, None), (None, -3), (2.25, 4)]:
        world.result(ada, strategy, sharpe_ratio=sharpe, cagr=cagr, total_return="-0.000001")

        assert world.stats_off() == []


def test_one_statement_may_write_for_many_strategies_and_users(world: World) -> None:
    for _ in range(3):
        user_id = world.sign_up()
        for _ in range(4):
            world.strategy(user_id)

    world.run(
        f"""
        insert into public.backtest_results ({COLUMNS}, sharpe_ratio)
        select user_id, id, step, 0, 0, nullif(step, 2)
        from public.strategies, generate_series(1, 5) as step
        """
    )

    assert (world.stats_off(), world.value("select count(*) from public.strategy_stats")) == (
        [],
        12,
    )


def test_an_older_result_does_not_become_the_last(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    world.result(ada, strategy, created_at="2026-01-02")

    world.result(ada, strategy, created_at="2026-01-01")

    assert world.stats_off() == []


def test_nothing_inserted_changes_nothing(world: World) -> None:
    inserted = world.run(
        f"""
        insert into public.backtest_results ({COLUMNS})
        select user_id, strategy_id, 1, 1, 1 from public.backtest_results
        """
    )

    assert (inserted, world.stats_off()) == (0, [])


def test_insert_or_update_counts_each_row_as_what_it_became(world: World) -> None:
    ada = world.sign_up()
    old, new = world.strategy(ada), world.strategy(ada)
    known = world.result(ada, old, total_return=10)

    world.run(
        f"""
        insert into public.backtest_results (id, {COLUMNS})
        values (%s, %s, %s, 5, 0, 0), (gen_random_uuid(), %s, %s, 7, 0, 0)
        on conflict (user_id, id) do update
        set strategy_id = excluded.strategy_id, total_return = excluded.total_return
        """,
        known, ada, new, ada, new,
    )  # fmt: skip

    assert world.stats_off() == []
    assert world.rows("select backtest_count, return_total from public.strategy_stats") == [(2, 12)]


def test_services_write_results_without_a_right_to_write_totals(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)

    with world.acting_as("service_role"):
        world.result(ada, strategy)

        assert world.stats_off() == []
        with pytest.raises(InsufficientPrivilege):
            world.run("update public.strategy_stats set backtest_count = 9")
