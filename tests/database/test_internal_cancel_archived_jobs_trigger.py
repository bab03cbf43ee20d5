"""internal.cancel_archived_jobs_trigger(): nobody computes for a strategy that was put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World

ARCHIVE = "update public.strategies set status = 'archived'"
JOBS = "select status, finished_at is not null from public.backtest_jobs order by created_at"
CONFIG = Jsonb({"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"})


def test_queued_jobs_are_cancelled_and_others_left(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    world.job(ada, strategy, created_at="2026-01-01")
    world.job(ada, strategy, created_at="2026-01-02", status="running", started_at="2026-01-02")
    world.job(
        ada, strategy, created_at="2026-01-03", status="failed", error="x", finished_at="2026-01-04"
    )
    world.job(ada, world.strategy(ada, status="running"), created_at="2026-01-05")

    with world.acting_as("authenticated", ada):
        world.run(f"{ARCHIVE} where id = %s", strategy)

        assert world.rows(JOBS) == [
            ("cancelled", True), ("running", False), ("failed", True), ("queued", False),
        ]  # fmt: skip


def test_nobody_is_told_of_what_they_did_themselves(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))

    world.run(ARCHIVE)

    assert world.rows("select id from internal.messages") == []


def test_one_statement_may_archive_many(world: World) -> None:
    for _ in range(3):
        user_id = world.sign_up()
        for _ in range(2):
            world.job(user_id, world.strategy(user_id))

    world.run(ARCHIVE)

    assert world.rows(JOBS) == [("cancelled", True)] * 6


def test_an_archived_strategy_that_is_renamed_cancels_nothing_more(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada, status="archived"))

    world.run("update public.strategies set name = 'other'")

    assert world.rows(JOBS) == [("queued", False)]


def test_what_was_asked_for_while_it_was_archived_never_runs(
    open_world: Callable[[], World],
) -> None:
    asking, archiving = open_world(), open_world()
    ada = asking.sign_up()
    strategy = asking.strategy(ada)

    with asking.connection.transaction():
        with asking.acting_as("service_role"):
            pass
        asking.run("set local role service_role")
        asking.run("select public.create_backtest_job(%s, %s, %s)", ada, strategy, CONFIG)
        asking.run("reset role")
        archiving.run(ARCHIVE)
    waiting = asking.rows(JOBS)
    asking.run("update public.backtest_jobs set status = 'running', started_at = now()")

    assert waiting == [("queued", False)]
    assert asking.rows(JOBS) == [("cancelled", True)]
