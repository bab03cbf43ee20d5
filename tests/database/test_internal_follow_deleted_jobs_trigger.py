"""internal.follow_deleted_jobs_trigger(): a running job that is deleted leaves nobody waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

START = "update public.backtest_jobs set status = 'running', started_at = now()"
STATUSES = "select status from public.strategies"


@pytest.mark.parametrize("status", ["draft", "running"])
def test_its_strategy_is_back_where_it_was(world: World, status: str) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada, status=status))
    world.run(START)

    world.run("delete from public.backtest_jobs")

    assert world.rows(STATUSES) == [(status,)]


def test_a_job_that_does_not_run_moves_nothing(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    waiting = world.job(ada, strategy)
    world.job(ada, strategy, status="running", started_at="2026-01-01")
    world.run("update public.strategies set status = 'backtesting'")

    world.run("delete from public.backtest_jobs where id = %s", waiting)

    assert world.rows(STATUSES) == [("backtesting",)]


@pytest.mark.parametrize("table", ["strategies", "profiles"])
def test_what_goes_altogether_goes(world: World, table: str) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))
    world.run(START)

    world.run(f"delete from public.{table}")

    assert world.rows("select id from public.backtest_jobs") == []
    assert world.rows("select id from internal.messages") == []
