"""Trigger t50_follow_updated: no way of beginning a job goes around its strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_an_upsert_that_begins_a_job_takes_its_strategy_along(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    job = world.job(ada, strategy)

    world.run(
        """
        insert into public.backtest_jobs (user_id, id, strategy_id) values (%s, %s, %s)
        on conflict (user_id, id) do update set status = 'running', started_at = now()
        """,
        ada, job, strategy,
    )  # fmt: skip

    assert world.value("select status from public.strategies") == "backtesting"


def test_history_that_is_loaded_moves_nothing(world: World) -> None:
    ada = world.sign_up()

    world.job(ada, world.strategy(ada), status="running", started_at="2026-01-01")

    assert world.value("select status from public.strategies") == "draft"


def test_the_record_has_the_job_before_the_strategy_that_goes_along(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))
    last = world.value("select max(seq) from audit.changes")

    world.run("update public.backtest_jobs set status = 'running', started_at = now()")

    assert world.rows(
        "select table_name, new_row ->> 'status' from audit.changes where seq > %s order by seq",
        last,
    ) == [("backtest_jobs", "running"), ("strategies", "backtesting")]
