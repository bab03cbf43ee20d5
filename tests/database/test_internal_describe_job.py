"""internal.describe_job(): a job as the API shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESCRIBE = "select internal.describe_job(backtest_jobs) from public.backtest_jobs where id = %s"


def test_a_job_is_shown_with_its_state_and_without_its_config(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    job = world.job(
        ada, strategy,
        config={"symbols": ["BTC-USD"]}, idempotency_key="k", status="failed", progress=40,
        error="no data", created_at=NOON, started_at=NOON, finished_at=NOON,
    )  # fmt: skip
    world.run("set local time zone 'UTC'")

    assert world.value(DESCRIBE, job) == {
        "id": str(job),
        "strategy_id": str(strategy),
        "status": "failed",
        "progress": 40,
        "error": "no data",
        "created_at": "2026-03-01T12:00:00+00:00",
        "started_at": "2026-03-01T12:00:00+00:00",
        "finished_at": "2026-03-01T12:00:00+00:00",
    }


def test_what_is_unknown_is_shown_as_null(world: World) -> None:
    ada = world.sign_up()

    shown = world.value(DESCRIBE, world.job(ada, world.strategy(ada)))

    assert [key for key, value in shown.items() if value is None] == [
        "error", "started_at", "finished_at",
    ]  # fmt: skip


def test_it_is_inlined_and_reads_no_row_of_its_own(world: World) -> None:
    plan = world.rows(f"explain (verbose) {DESCRIBE}", world.sign_up())

    assert not any("describe_job" in line for (line,) in plan)
