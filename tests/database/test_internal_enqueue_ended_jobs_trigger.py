"""internal.enqueue_ended_jobs_trigger(): a job that ended is one message, by whatever statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World

RUNNING = {"status": "running", "started_at": "2026-01-01"}
END = {
    "completed": "status = 'completed', progress = 100, finished_at = '2026-01-02'",
    "failed": "status = 'failed', error = 'no prices', finished_at = '2026-01-02'",
    "cancelled": "status = 'cancelled', finished_at = '2026-01-02'",
}
MESSAGES = "select dedup_key, user_id, kind, payload from internal.notification_queue order by id"


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_the_user_is_told_how_a_job_ended(world: World, status: str) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    job = world.job(ada, strategy, **RUNNING)

    with world.acting_as("service_role"):
        # Who may end jobs, but not so much as enter the schema of messages.
        assert world.run(f"update public.backtest_jobs set {END[status]}") == 1
    world.run(f"update public.backtest_jobs set {END[status]} where id = %s", job)
    ((key, user_id, kind, payload),) = world.rows(MESSAGES)
    assert (key, user_id, kind) == (f"job_{status}:{job}", ada, f"job_{status}")
    assert payload == {
        "job_id": str(job),
        "strategy_id": str(strategy),
        "finished_at": "2026-01-02T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    "change",
    ["progress = 50", END["cancelled"], "config = '{\"a\": 1}'", f"{END['completed']} where false"],
)
def test_nobody_is_told_of_anything_else(world: World, change: str) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada), **RUNNING)

    world.run(f"update public.backtest_jobs set {change}")

    assert world.rows(MESSAGES) == []


def test_a_job_that_ended_is_told_of_once(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada), **RUNNING)

    world.run(f"update public.backtest_jobs set {END['completed']}")
    world.run("update public.backtest_jobs set config = '{}'")
    world.run("update public.backtest_jobs set id = id")

    assert len(world.rows(MESSAGES)) == 1


def test_one_statement_may_end_many_jobs(world: World) -> None:
    for _ in range(3):
        user_id = world.sign_up()
        strategy = world.strategy(user_id)
        for _ in range(4):
            world.job(user_id, strategy, **RUNNING)

    world.run(f"update public.backtest_jobs set {END['failed']}")

    assert len(world.rows(MESSAGES)) == 12


def test_history_that_is_loaded_is_no_news(world: World) -> None:
    ada = world.sign_up()

    world.job(
        ada, world.strategy(ada), status="failed", error="no prices", finished_at="2026-01-02"
    )

    assert world.rows(MESSAGES) == []


def test_a_job_that_did_not_end_after_all_leaves_no_message(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    ada = world.sign_up()
    world.job(ada, world.strategy(ada), **RUNNING)

    with world.connection.transaction(force_rollback=True):
        world.run(f"update public.backtest_jobs set {END['completed']}")

    assert world.rows(MESSAGES) == []
