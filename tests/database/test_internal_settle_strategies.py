"""internal.settle_strategies(): where a strategy is follows from its jobs, whoever ends last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from uuid import UUID

    from tests.database.conftest import World

RUNNING = {"status": "running", "started_at": "2026-01-01"}
SETTLE = "select internal.settle_strategies(array[%s]::uuid[], array[%s]::uuid[])"
STATUS = "select status, status_before_backtesting from public.strategies where id = %s"


def test_a_strategy_with_a_running_job_is_in_backtesting_once(world: World) -> None:
    ada = world.sign_up()
    strategy: UUID = world.strategy(ada, status="paused")
    world.job(ada, strategy, **RUNNING)

    for _ in range(2):
        world.run(SETTLE, ada, strategy)

        assert world.rows(STATUS, strategy) == [("backtesting", "paused")]


def test_one_that_nobody_remembers_goes_to_ready(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada, status="backtesting")

    world.run(SETTLE, ada, strategy)

    assert world.rows(STATUS, strategy) == [("ready", None)]


@pytest.mark.parametrize("status", ["draft", "ready", "running", "paused", "stopped", "archived"])
def test_without_jobs_nothing_moves(world: World, status: str) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada, status=status)

    has_archived = world.value(SETTLE, ada, strategy)

    assert has_archived is (status == "archived")
    assert world.rows(STATUS, strategy) == [(status, None)]


def test_a_step_that_is_not_in_the_table_is_not_taken(world: World) -> None:
    world.run("delete from internal.status_transitions where from_status = 'running'")
    ada = world.sign_up()
    strategy = world.strategy(ada, status="running")
    world.job(ada, strategy, **RUNNING)

    world.run(SETTLE, ada, strategy)

    assert world.rows(STATUS, strategy) == [("running", None)]


def test_a_backtest_is_activity(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada, last_activity_at="2026-01-01")
    world.job(ada, strategy, **RUNNING)

    world.run(SETTLE, ada, strategy)

    assert world.value("select last_activity_at = now() from public.strategies")
