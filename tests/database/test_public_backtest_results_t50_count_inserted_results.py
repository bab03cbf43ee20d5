"""Trigger t50_count_inserted_results: no way of inserting results goes around the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_rows_that_are_copied_in_are_counted(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)

    with (
        world.connection.cursor() as cursor,
        cursor.copy(
            """
            copy public.backtest_results (
                user_id, strategy_id, total_return, max_drawdown, total_trades
            ) from stdin
            """
        ) as copy,
    ):
        for number in range(100):
            copy.write_row((ada, strategy, number, 0, 0))

    assert (world.stats_off(), world.value("select backtest_count from public.strategy_stats")) == (
        [],
        100,
    )


def test_a_statement_is_counted_once_however_many_rows_it_writes(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    world.result(ada, strategy)

    world.run(
        """
        insert into public.backtest_results (
            user_id, strategy_id, total_return, max_drawdown, total_trades
        )
        select %s, %s, 1, 0, 0 from generate_series(1, 1000)
        """,
        ada,
        strategy,
    )

    inserted, updated = world.rows(
        """
        select n_tup_ins, n_tup_upd from pg_catalog.pg_stat_xact_user_tables
        where relname = 'strategy_stats'
        """
    )[0]
    assert (inserted, updated) == (1, 1)
