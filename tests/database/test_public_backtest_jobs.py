"""public.backtest_jobs: a status and its columns always tell the same story."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

LIFE: dict[str, dict[str, object]] = {
    "queued": {"progress": 0},
    "running": {"progress": 40, "started_at": "2026-01-01"},
    "completed": {"progress": 100, "started_at": "2026-01-01", "finished_at": "2026-01-02"},
    "failed": {"progress": 40, "finished_at": "2026-01-02", "error": "no prices for XYZ"},
    "cancelled": {"progress": 0, "finished_at": "2026-01-02"},
}


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.mark.parametrize("status", LIFE)
def test_every_status_of_the_plan_is_possible(world: World, ada: UUID, status: str) -> None:
    world.job(ada, world.strategy(ada), status=status, **LIFE[status])


@pytest.mark.parametrize(
    ("status", "wrong", "constraint"),
    [
        ("queued", "status = 'lost'", "backtest_jobs_status_check"),
        ("queued", "progress = 1", "backtest_jobs_progress_check"),
        ("running", "progress = 101", "backtest_jobs_progress_check"),
        ("running", "progress = -1", "backtest_jobs_progress_check"),
        ("completed", "progress = 99", "backtest_jobs_progress_check"),
        ("running", "error = 'no'", "backtest_jobs_error_check"),
        ("failed", "error = null", "backtest_jobs_error_check"),
        ("failed", "error = repeat('a', 10001)", "backtest_jobs_error_check"),
        ("queued", "started_at = now()", "backtest_jobs_started_at_check"),
        ("running", "started_at = null", "backtest_jobs_started_at_check"),
        ("completed", "started_at = null", "backtest_jobs_started_at_check"),
        ("queued", "finished_at = now()", "backtest_jobs_finished_at_check"),
        ("running", "finished_at = now()", "backtest_jobs_finished_at_check"),
        ("completed", "finished_at = null", "backtest_jobs_finished_at_check"),
        ("failed", "finished_at = null", "backtest_jobs_finished_at_check"),
        ("cancelled", "finished_at = null", "backtest_jobs_finished_at_check"),
        ("queued", "config = '1'", "backtest_jobs_config_check"),
        (
            "queued",
            "config = jsonb_build_object('a', repeat('a', 65536))",
            "backtest_jobs_config_check",
        ),
        ("queued", "idempotency_key = ''", "backtest_jobs_idempotency_key_check"),
        ("queued", "idempotency_key = repeat('a', 201)", "backtest_jobs_idempotency_key_check"),
        ("queued", "strategy_id = gen_random_uuid()", "backtest_jobs_user_id_strategy_id_fkey"),
    ],
)
def test_impossible_jobs_are_refused(
    world: World, ada: UUID, status: str, wrong: str, constraint: str
) -> None:
    job = world.job(ada, world.strategy(ada), status=status, **LIFE[status])

    assert (
        world.violated(f"update public.backtest_jobs set {wrong} where id = %s", job) == constraint
    )


def test_a_key_is_good_for_one_job_of_one_user(world: World, ada: UUID) -> None:
    bob = world.sign_up()
    strategy = world.strategy(ada)
    world.job(ada, strategy, idempotency_key="k")
    world.job(bob, world.strategy(bob), idempotency_key="k")

    violated = world.violated(
        "insert into public.backtest_jobs (user_id, strategy_id, idempotency_key)"
        " values (%s, %s, 'k')",
        ada,
        strategy,
    )

    assert violated == "backtest_jobs_user_id_idempotency_key_key"


def test_a_job_cannot_be_for_a_strategy_of_somebody_else(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    violated = world.violated(
        "insert into public.backtest_jobs (user_id, strategy_id) values (%s, %s)",
        world.sign_up(),
        strategy,
    )

    assert violated == "backtest_jobs_user_id_strategy_id_fkey"


def test_a_job_with_a_result_stays_until_the_strategy_goes(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    job = world.job(ada, strategy)
    world.result(ada, strategy, job_id=job)

    violated = world.violated("delete from public.backtest_jobs where id = %s", job)
    world.run("delete from public.strategies where id = %s", strategy)

    assert violated == "backtest_results_user_id_strategy_id_job_id_fkey"
    assert world.rows("select * from public.backtest_jobs where id = %s", job) == []
