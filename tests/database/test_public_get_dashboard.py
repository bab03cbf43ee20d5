"""public.get_dashboard(): the front page in one call, whatever the user has piled up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from toolkit.verify.replanning import planned_otherwise

if TYPE_CHECKING:
    from tests.database.conftest import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = "select public.get_dashboard(%s)"
DENIED = (
    "42501",
    "permission denied for the dashboard of this user",
    "The caller is neither the user asked for nor service_role.",
    "Sign in, and pass the id of the user who is signed in.",
)
EMPTY = {
    "strategies": [], "active_jobs": [], "latest_results": [], "unread": [], "unread_count": 0,
}  # fmt: skip


@pytest.fixture
def ada(world: World) -> UUID:
    """Return a user; all clocks are in UTC."""
    world.run("set local time zone 'UTC'")
    return world.sign_up()


def dashboard(world: World, user_id: UUID) -> dict[str, Any]:
    with world.acting_as("authenticated", user_id):
        found: dict[str, Any] = world.value(CALL, user_id)
    return found


def ids(listed: list[dict[str, Any]]) -> list[UUID]:
    return [UUID(entry["id"]) for entry in listed]


def test_a_new_user_has_an_empty_page(world: World, ada: UUID) -> None:
    world.furnish()

    assert dashboard(world, ada) == EMPTY


def test_strategies_are_the_first_ten_of_the_list_with_its_figures(world: World, ada: UUID) -> None:
    tied = [world.strategy(ada, created_at=NOON, updated_at=NOON) for _ in range(4)]
    for day in range(1, 9):
        strategy = world.strategy(ada, created_at=NOON - timedelta(days=day))
        for number in range(day % 3):
            world.result(
                ada, strategy, sharpe_ratio=number / 7, cagr=None, created_at=NOON,
                total_return=number + 0.005,
            )  # fmt: skip

    with world.acting_as("authenticated", ada):
        listed = world.rows(
            """
            select to_jsonb(listed) - 'description'
            from public.get_strategies_with_performance(%s) as listed
            limit 10
            """,
            ada,
        )

    shown = dashboard(world, ada)["strategies"]
    assert shown == [entry for (entry,) in listed]
    assert ids(shown)[:4] == sorted(tied, reverse=True)


def test_jobs_that_are_under_way_are_shown_newest_first(world: World, ada: UUID) -> None:
    strategies = [world.strategy(ada), world.strategy(ada)]
    tied = [world.job(ada, strategies[n % 2], created_at=NOON) for n in range(3)]
    running = world.job(
        ada, strategies[0], status="running", created_at=NOON - timedelta(1), started_at=NOON
    )
    older = [
        world.job(ada, strategies[n % 2], created_at=NOON - timedelta(days=2 + n))
        for n in range(50)
    ]
    world.job(ada, strategies[0], status="cancelled", finished_at=NOON)

    shown = dashboard(world, ada)["active_jobs"]

    assert ids(shown) == [*sorted(tied, reverse=True), running, *older][:50]
    assert shown[3] == world.value(
        "select internal.describe_job(j) from public.backtest_jobs as j where id = %s", running
    )


def test_the_latest_results_are_those_of_all_strategies(world: World, ada: UUID) -> None:
    strategies = [world.strategy(ada), world.strategy(ada)]
    tied = [world.result(ada, strategies[n % 2], created_at=NOON) for n in range(4)]
    older = [
        world.result(ada, strategies[n % 2], created_at=NOON - timedelta(days=1 + n))
        for n in range(8)
    ]

    shown = dashboard(world, ada)["latest_results"]

    assert ids(shown) == [*sorted(tied, reverse=True), *older][:10]
    assert shown[0] == world.value(
        "select internal.describe_result(r) from public.backtest_results as r where id = %s",
        shown[0]["id"],
    )


def test_what_is_unread_is_shown_newest_first_and_counted_up_to_a_hundred(
    world: World, ada: UUID
) -> None:
    told = [
        world.notification(ada, created_at=NOON - timedelta(minutes=n), body="b", data={"n": n})
        for n in range(12)
    ]
    world.notification(ada, created_at=NOON, read_at=NOON)

    page = dashboard(world, ada)

    assert ids(page["unread"]) == told[:10]
    assert page["unread"][1] == {
        "id": str(told[1]), "kind": "hello", "title": "Hello", "body": "b", "data": {"n": 1},
        "created_at": "2026-03-01T11:59:00+00:00",
    }  # fmt: skip
    assert page["unread_count"] == 12

    for _ in range(90):
        world.notification(ada)
    assert dashboard(world, ada)["unread_count"] == 100


def test_of_more_ties_than_are_shown_the_same_ones_are_with_any_plan(
    world: World, ada: UUID
) -> None:
    strategies = [world.strategy(ada, created_at=NOON) for _ in range(40)]
    told = [world.notification(ada, created_at=NOON) for _ in range(40)]

    with planned_otherwise(world.connection):
        page = dashboard(world, ada)

    assert ids(page["strategies"]) == sorted(strategies, reverse=True)[:10]
    assert ids(page["unread"]) == sorted(told, reverse=True)[:10]


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
def test_strangers_are_refused_and_learn_nothing(world: World, stranger: str) -> None:
    ada = world.furnish()
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None

    said = {world.refused(role, sub, CALL, asked) for asked in (ada, uuid4(), None)}

    if role == "anon":
        assert [code for code, *_ in said] == ["42501"]
    else:
        assert said == {DENIED}


def test_services_may_ask_for_anybody_but_not_for_nobody(world: World) -> None:
    ada = world.furnish()

    with world.acting_as("service_role"):
        asked = world.value(CALL, ada)

    assert asked == dashboard(world, ada) != EMPTY
    assert world.refused("service_role", None, CALL, None) == DENIED


def test_without_the_guard_the_policies_still_hide_what_is_foreign(world: World) -> None:
    ada, bob = world.furnish(), world.sign_up()
    world.let_everybody_pass()

    with world.acting_as("authenticated", bob):
        assert world.value(CALL, ada) == EMPTY


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World) -> None:
    ada = world.furnish()
    honest = dashboard(world, ada)

    with world.acting_as("authenticated", ada):
        for table in (
            "strategies", "strategy_stats", "backtest_jobs", "backtest_results", "notifications",
        ):  # fmt: skip
            world.run(f"create temporary table {table} (like public.{table})")
        assert world.value(CALL, ada) == honest


def test_it_touches_as_much_with_a_long_history_as_with_a_short_one(world: World) -> None:
    short, long = (world.furnish(), world.furnish())
    for user, size in ((short, 12), (long, 4000)):
        strategy = world.strategy(user)
        world.run(
            """
            insert into public.strategies (user_id, name, created_at)
            select %(user)s, 'one of many', timestamptz '2026-01-01' + n * interval '1 minute'
            from generate_series(1, %(size)s) as n
            """.replace("%(user)s", f"'{user}'").replace("%(size)s", str(size))
        )
        world.run(
            f"""
            insert into public.backtest_results
                (user_id, strategy_id, total_return, max_drawdown, total_trades, created_at)
            select '{user}', '{strategy}', 1, 1, 1,
                timestamptz '2026-01-01' + n * interval '1 minute'
            from generate_series(1, {size}) as n
            """
        )
        world.run(
            f"""
            insert into public.notifications (user_id, kind, title, created_at)
            select '{user}', 'hello', 'Hello', timestamptz '2026-01-01' + n * interval '1 minute'
            from generate_series(1, {size}) as n
            """
        )
    world.run("analyze")

    def touched(user: UUID) -> int:
        with world.acting_as("authenticated", user):
            plan = world.value(f"explain (analyze, buffers, format json) {CALL}", user)[0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    for user in (short, long):
        touched(user)

    # One level more in each index, and the count goes on to a hundred.
    assert touched(long) <= touched(short) + 60
