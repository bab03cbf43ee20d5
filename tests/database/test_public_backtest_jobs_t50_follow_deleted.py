"""Trigger t50_follow_deleted: one that still has a running job stays in backtesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_deleting_one_of_two_running_jobs_moves_nothing(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    jobs = [world.job(ada, strategy) for _ in range(2)]
    world.run("update public.backtest_jobs set status = 'running', started_at = now()")

    seen = []
    for job in jobs:
        world.run("delete from public.backtest_jobs where id = %s", job)
        seen.append(world.value("select status from public.strategies"))

    assert seen == ["backtesting", "draft"]
