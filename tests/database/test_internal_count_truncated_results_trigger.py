"""internal.count_truncated_results_trigger(): no results, no totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    "table",
    ["public.backtest_results", "public.strategies", "public.profiles", "auth.users"],
)
def test_truncating_results_or_what_they_hang_on_empties_the_totals(
    world: World, table: str
) -> None:
    ada = world.sign_up()
    world.result(ada, world.strategy(ada))

    world.run(f"truncate {table} cascade")

    assert world.rows("select * from public.strategy_stats") == []


def test_counting_goes_on_after_a_truncate(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    world.result(ada, strategy)
    world.run("truncate public.backtest_results, public.trades")

    world.result(ada, strategy)

    assert (world.stats_off(), world.value("select count(*) from public.strategy_stats")) == ([], 1)
