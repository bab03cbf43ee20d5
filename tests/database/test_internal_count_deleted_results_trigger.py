"""internal.count_deleted_results_trigger(): what is deleted leaves the totals at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import IntegrityError

if TYPE_CHECKING:
    from tests.database.conftest import World

ROW_VERSIONS = "select ctid::text, xmin::text, xmax::text from public.strategy_stats"


@pytest.fixture
def ada(world: World) -> UUID:
    user_id = world.sign_up()
    # No figure of one strategy is one of the other's.
    for month in (1, 2):
        strategy = world.strategy(user_id)
        for day in (1, 2, 3):
            world.result(
                user_id,
                strategy,
                created_at=f"2026-0{month}-0{day}",
                sharpe_ratio=10 * month + day,
                cagr=None,
            )
    return user_id


@pytest.mark.parametrize(
    "which",
    [
        "true",
        *(f"sharpe_ratio = {figure}" for figure in (11, 12, 13, 21, 23)),
        "sharpe_ratio in (13, 21)",
    ],
)
def test_oldest_newest_or_all_may_go(world: World, ada: UUID, which: str) -> None:
    world.run(f"delete from public.backtest_results where user_id = %s and {which}", ada)

    assert world.stats_off() == []


def test_totals_of_nothing_are_no_row(world: World, ada: UUID) -> None:
    world.run("delete from public.backtest_results where user_id = %s", ada)

    assert world.rows("select * from public.strategy_stats") == []


def test_a_delete_of_no_rows_changes_nothing(world: World, ada: UUID) -> None:
    before = world.rows(ROW_VERSIONS)

    world.run("delete from public.backtest_results where false and user_id = %s", ada)

    assert world.rows(ROW_VERSIONS) == before


def test_rows_replaced_within_one_statement_count_once(world: World, ada: UUID) -> None:
    world.run(
        """
        with gone as (
            delete from public.backtest_results where user_id = %s returning *
        )
        insert into public.backtest_results (
            user_id, strategy_id, total_return, max_drawdown, total_trades
        )
        select user_id, strategy_id, total_return * 2, max_drawdown, total_trades from gone
        """,
        ada,
    )

    assert world.stats_off() == []


def test_deleting_the_strategy_takes_its_totals_and_no_others(world: World, ada: UUID) -> None:
    doomed = world.value("select id from public.strategies where user_id = %s limit 1", ada)

    world.run("delete from public.strategies where id = %s", doomed)

    assert (world.stats_off(), world.value("select count(*) from public.strategy_stats")) == ([], 1)


def test_deleting_the_sign_in_leaves_nothing_of_the_user(world: World, ada: UUID) -> None:
    bob = world.sign_up()
    world.result(bob, world.strategy(bob))

    world.run("delete from auth.users where id = %s", ada)

    assert (world.stats_off(), world.rows("select user_id from public.strategy_stats")) == (
        [],
        [(bob,)],
    )


def test_totals_that_were_tampered_with_fail_loudly_and_not_quietly(
    world: World, ada: UUID
) -> None:
    world.run("update public.strategy_stats set backtest_count = 1, sharpe_count = 1")

    with pytest.raises(IntegrityError):
        world.run("delete from public.backtest_results where user_id = %s", ada)
