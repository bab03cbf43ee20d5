"""internal.pause_inactive_strategies(): who is paused, who never is, and what they are told."""

from collections.abc import Callable
from threading import Thread
from uuid import UUID

import pytest

from tests.database.conftest import World
from tests.database.cron_jobs import call, largest_transaction, messages

# 91 days before the run.
LONG_AGO, NOW = "2026-03-02 04:00+00", "2026-06-01 04:00"
IDLE = {
    "status": "running",
    "created_at": LONG_AGO,
    "updated_at": LONG_AGO,
    "last_activity_at": LONG_AGO,
}


def _status(world: World, strategy_id: UUID) -> str:
    return str(world.value("select status from public.strategies where id = %s", strategy_id))


def test_a_running_strategy_that_nobody_cares_for_is_paused_with_a_reason_and_a_message(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    user_id = world.sign_up()
    strategy_id = world.strategy(user_id, **IDLE)

    done = call(world, "pause_inactive_strategies", NOW)
    again = call(world, "pause_inactive_strategies", NOW)

    assert (done, again) == ({"p_paused": 1}, {"p_paused": 0})
    assert _status(world, strategy_id) == "paused"
    assert world.rows("select user_id, strategy_id, reason from internal.strategy_pauses") == [
        (user_id, strategy_id, "no activity since 2026-03-02")
    ]
    ((_, whose, payload),) = messages(world, "strategy_paused")
    assert whose == user_id
    assert payload == {"strategy_id": str(strategy_id), "reason": "no activity since 2026-03-02"}


@pytest.mark.parametrize(
    "care",
    [
        {"status": "ready"},
        {"status": "stopped"},
        {"last_activity_at": "2026-03-03 05:00+00"},
        {"updated_at": "2026-03-04"},
    ],
    ids=str,
)
def test_one_that_does_not_run_or_was_cared_for_is_left_alone(
    open_world: Callable[[], World], care: dict[str, str]
) -> None:
    world = open_world()
    world.strategy(world.sign_up(), **{**IDLE, **care})

    assert call(world, "pause_inactive_strategies", NOW) == {"p_paused": 0}


def test_a_backtest_is_activity_and_a_job_under_way_forbids_the_pause(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    user_id = world.sign_up()
    tested, queued, failed, idle = (world.strategy(user_id, **IDLE) for _ in range(4))
    world.result(user_id, tested, created_at="2026-05-01")
    world.job(user_id, queued, created_at=LONG_AGO)
    world.job(
        user_id, failed, status="failed", error="x",
        created_at="2026-05-01", started_at="2026-05-01", finished_at="2026-05-01",
    )  # fmt: skip

    assert call(world, "pause_inactive_strategies", NOW) == {"p_paused": 1}
    assert [_status(world, one) for one in (tested, queued, failed, idle)] == [
        "running",
        "running",
        "running",
        "paused",
    ]


def test_a_job_that_is_being_asked_for_keeps_its_strategy_from_being_paused(
    open_world: Callable[[], World],
) -> None:
    world, user = open_world(), open_world()
    user_id = world.sign_up()
    strategy_id = world.strategy(user_id, **IDLE)

    with user.connection.transaction():
        user.job(user_id, strategy_id)
        done: list[dict[str, object]] = []
        pausing = Thread(target=lambda: done.append(call(world, "pause_inactive_strategies", NOW)))
        pausing.start()
        pausing.join()

    assert done == [{"p_paused": 0}]
    assert _status(world, strategy_id) == "running"


def test_more_than_a_batch_is_paused_to_the_end(open_world: Callable[[], World]) -> None:
    world = open_world()
    user_id = world.sign_up()
    world.run(
        """
        insert into public.strategies
            (user_id, name, status, created_at, updated_at, last_activity_at)
        select %s, 'many', 'running', %s, %s, %s from generate_series(1, 1200)
        """,
        user_id,
        LONG_AGO,
        LONG_AGO,
        LONG_AGO,
    )

    assert call(world, "pause_inactive_strategies", NOW) == {"p_paused": 1200}
    assert world.value("select count(*) from internal.strategy_pauses") == 1200
    assert largest_transaction(world) == 500
