"""public.get_strategy_detail(): the page of one strategy in one call, for its owner alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = "select public.get_strategy_detail(%s, %s)"
DENIED = (
    "42501",
    "permission denied for the strategies of this user",
    "The caller is neither the user asked for nor service_role.",
    "Sign in, and pass the id of the user who is signed in.",
)
NO_SUCH_STRATEGY = (
    "PT404",
    "this user has no such strategy",
    "No strategy of the user has the id that was passed.",
    "Pass the id of a strategy in the user's list.",
)


@pytest.fixture
def ada(world: World) -> UUID:
    """Return a user; all clocks are in UTC."""
    world.run("set local time zone 'UTC'")
    return world.sign_up()


def call(world: World, strategy: UUID, user_id: UUID) -> dict[str, Any]:
    with world.acting_as("authenticated", user_id):
        detail: dict[str, Any] = world.value(CALL, strategy, user_id)
    return detail


def ids(listed: list[dict[str, Any]]) -> list[UUID]:
    return [UUID(entry["id"]) for entry in listed]


def test_the_keys_are_the_agreed_ones(world: World, ada: UUID) -> None:
    strategy = world.strategy(
        ada, description="follows", config={"lots": 2}, is_public=True, status="ready",
        created_at=NOON, updated_at=NOON, last_activity_at=NOON,
    )  # fmt: skip

    assert call(world, strategy, ada) == {
        "strategy": {
            "id": str(strategy),
            "name": "momentum",
            "description": "follows",
            "status": "ready",
            "config": {"lots": 2},
            "is_public": True,
            "created_at": "2026-03-01T12:00:00+00:00",
            "updated_at": "2026-03-01T12:00:00+00:00",
            "last_activity_at": "2026-03-01T12:00:00+00:00",
        },
        "stats": {
            "avg_sharpe": None,
            "avg_cagr": None,
            "avg_return": None,
            "backtest_count": 0,
            "last_backtest_at": None,
        },
        "latest_results": [],
        "active_jobs": [],
    }


def test_stats_are_those_of_the_list(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    for number in range(3):
        world.result(
            ada, strategy,
            total_return=number + 0.005, cagr=None if number else 7.125, sharpe_ratio=number / 7,
            created_at=NOON + timedelta(hours=number),
        )  # fmt: skip

    with world.acting_as("authenticated", ada):
        listed = world.value(
            """
            select
                jsonb_build_object(
                    'avg_sharpe', avg_sharpe, 'avg_cagr', avg_cagr, 'avg_return', avg_return,
                    'backtest_count', backtest_count, 'last_backtest_at', last_backtest_at
                )
            from public.get_strategies_with_performance(%s)
            """,
            ada,
        )

    assert call(world, strategy, ada)["stats"] == listed
    assert listed["avg_return"] == 1.01


def test_the_latest_ten_results_are_shown_newest_first_and_ties_have_an_order(
    world: World, ada: UUID
) -> None:
    strategy = world.strategy(ada)
    older = [
        world.result(ada, strategy, created_at=NOON - timedelta(days=day)) for day in range(1, 8)
    ]
    tied = [world.result(ada, strategy, created_at=NOON) for _ in range(4)]
    world.result(ada, world.strategy(ada), created_at=NOON)

    shown = call(world, strategy, ada)["latest_results"]

    assert ids(shown) == [*sorted(tied, reverse=True), *older][:10]


def test_active_jobs_are_shown_newest_first_and_ended_ones_are_not(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    tied = [world.job(ada, strategy, created_at=NOON) for _ in range(3)]
    running = world.job(
        ada,
        strategy,
        status="running",
        progress=30,
        created_at=NOON - timedelta(1),
        started_at=NOON,
    )
    world.job(ada, world.strategy(ada))
    for status in ("completed", "failed", "cancelled"):
        world.job(
            ada, strategy, status=status, started_at=NOON, finished_at=NOON,
            progress=100 if status == "completed" else 5,
            error="no data" if status == "failed" else None,
        )  # fmt: skip

    shown = call(world, strategy, ada)["active_jobs"]

    assert ids(shown) == [*sorted(tied, reverse=True), running]
    assert (shown[-1]["status"], shown[-1]["progress"]) == ("running", 30)


def test_no_more_than_fifty_active_jobs_are_shown(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    jobs = [world.job(ada, strategy, created_at=NOON - timedelta(days=day)) for day in range(52)]

    assert ids(call(world, strategy, ada)["active_jobs"]) == jobs[:50]


def test_entries_are_described_as_everywhere(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    world.result(ada, strategy)
    world.job(ada, strategy)

    detail = call(world, strategy, ada)

    assert detail["latest_results"] == [
        world.value("select internal.describe_result(r) from public.backtest_results as r")
    ]
    assert detail["active_jobs"] == [
        world.value("select internal.describe_job(j) from public.backtest_jobs as j")
    ]


def test_foreign_absent_deleted_and_null_strategies_cannot_be_told_apart(
    world: World, ada: UUID
) -> None:
    bob = world.sign_up()
    foreign, deleted = world.strategy(bob, is_public=True), world.strategy(ada)
    world.run("delete from public.strategies where id = %s", deleted)

    said = [
        world.refused(role, ada if role == "authenticated" else None, CALL, strategy, ada)
        for role in ("authenticated", "service_role")
        for strategy in (foreign, uuid4(), deleted, None)
    ]

    assert said == [NO_SUCH_STRATEGY] * 8


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
@pytest.mark.parametrize("asked_for", ["ada", "a user who is not there", "null"])
def test_strangers_are_refused_and_learn_nothing(
    world: World, ada: UUID, stranger: str, asked_for: str
) -> None:
    strategy = world.strategy(ada)
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None
    target = {"ada": ada, "a user who is not there": uuid4(), "null": None}[asked_for]

    said = {world.refused(role, sub, CALL, asked, target) for asked in (strategy, uuid4(), None)}

    if role == "anon":
        ((code, message, *_),) = said
        assert (code, message) == ("42501", "permission denied for function get_strategy_detail")
    else:
        assert said == {DENIED}


def test_services_may_ask_for_anybody_but_not_for_nobody(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    world.result(ada, strategy)

    with world.acting_as("service_role"):
        asked = world.value(CALL, strategy, ada)

    assert asked == call(world, strategy, ada)
    assert world.refused("service_role", None, CALL, strategy, None) == DENIED


def test_without_the_guard_the_policies_still_hide_what_is_foreign(world: World, ada: UUID) -> None:
    strategy, bob = world.strategy(ada), world.sign_up()
    world.let_everybody_pass()

    said = {
        world.refused("authenticated", sub, CALL, strategy, asked)
        for sub in (bob, None)
        for asked in (ada, bob)
    }

    assert said == {NO_SUCH_STRATEGY}


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    world.result(ada, strategy)
    honest = call(world, strategy, ada)

    with world.acting_as("authenticated", ada):
        for table in ("strategies", "strategy_stats", "backtest_results", "backtest_jobs"):
            world.run(f"create temporary table {table} (like public.{table})")
        answer = world.value(CALL, strategy, ada)

    assert answer == honest


def test_it_runs_where_nothing_may_be_written(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    with world.acting_as("authenticated", ada):
        world.run("set transaction read only")
        assert world.value(CALL, strategy, ada)["strategy"]["id"] == str(strategy)
