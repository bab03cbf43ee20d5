"""Trigger t60_enqueue_ended_jobs: no way of ending a job goes around the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World

RUNNING = {"status": "running", "started_at": "2026-01-01"}


def test_an_upsert_that_ends_a_job_is_news(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    job = world.job(ada, strategy, **RUNNING)

    world.run(
        """
        insert into public.backtest_jobs (user_id, id, strategy_id) values (%s, %s, %s)
        on conflict (user_id, id) do update
        set status = 'completed', progress = 100, finished_at = now()
        """,
        ada, job, strategy,
    )  # fmt: skip

    assert world.rows("select kind from internal.messages") == [("job_completed",)]


def test_a_statement_is_news_of_every_job_that_it_ends(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    for _ in range(20):
        world.job(ada, strategy, **RUNNING)

    world.run(
        "update public.backtest_jobs set status = 'completed', progress = 100, finished_at = now()"
    )

    inserted = world.value(
        """
        select n_tup_ins from pg_catalog.pg_stat_xact_user_tables
        where relname = 'notification_queue'
        """
    )
    assert inserted == 20
