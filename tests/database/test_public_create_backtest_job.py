"""public.create_backtest_job(): one job a request, never more than the plan allows."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from psycopg import DatabaseError
from psycopg.types.json import Jsonb

from toolkit.connect import connect
from toolkit.verify.identity import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World
    from toolkit.clones import Database

CALL = "select public.create_backtest_job(%s, %s, %s, %s)"
CONFIG = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}
OTHER_CONFIG = {**CONFIG, "timeframe": "1h"}
FREE, PRO = 5, 20
CALLERS = 16
NO_SUCH_STRATEGY = (
    "PT404",
    "this user has no such strategy",
    "No strategy of the user has the id that was passed.",
    "Pass the id of a strategy in the user's list.",
)


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


def ask(
    world: World, user_id: UUID, strategy: UUID, config: object = None, key: str | None = None
) -> dict[str, Any]:
    """Ask as the user, in the test's own transaction: what was made stays there."""
    world.run("select set_config('request.jwt.claim.sub', %s, true)", str(user_id))
    world.run("set local role authenticated")
    job: dict[str, Any] = world.value(CALL, user_id, strategy, Jsonb(config or CONFIG), key)
    world.run("reset role")
    return job


def refused(
    world: World, user_id: UUID, strategy: object, config: object = CONFIG, key: str | None = None
) -> tuple[str | None, ...]:
    body = None if config is None else Jsonb(config)
    return world.refused("authenticated", user_id, CALL, user_id, strategy, body, key)


def jobs(world: World) -> int:
    count: int = world.value("select count(*) from public.backtest_jobs")
    return count


def test_a_job_is_queued_and_shown_as_everywhere(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    job = ask(world, ada, strategy)

    assert (job["strategy_id"], job["status"], job["progress"]) == (str(strategy), "queued", 0)
    assert world.rows(
        "select user_id, strategy_id, config, internal.describe_job(j) from public.backtest_jobs j"
    ) == [(ada, strategy, CONFIG, job)]


def test_the_same_key_and_request_is_the_same_job_as_it_is_by_now(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    first = ask(world, ada, strategy, key="k")
    world.run("update public.backtest_jobs set status = 'running', started_at = now()")

    again = ask(world, ada, strategy, key="k")

    assert jobs(world) == 1
    assert (again["id"], again["status"]) == (first["id"], "running")


def test_without_a_key_every_request_is_a_job(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    assert ask(world, ada, strategy)["id"] != ask(world, ada, strategy)["id"]


def test_two_users_may_use_the_same_key(world: World, ada: UUID) -> None:
    bob = world.sign_up()

    asked = [ask(world, user, world.strategy(user), key="k")["id"] for user in (ada, bob)]

    assert len(set(asked)) == 2


@pytest.mark.parametrize("changed", ["strategy", "config"])
def test_a_key_of_another_request_is_a_conflict(world: World, ada: UUID, changed: str) -> None:
    strategy = world.strategy(ada)
    ask(world, ada, strategy, key="k")

    said = refused(
        world,
        ada,
        world.strategy(ada) if changed == "strategy" else strategy,
        OTHER_CONFIG if changed == "config" else CONFIG,
        key="k",
    )

    assert said[:2] == ("PT409", "this idempotency key was used for another request")
    assert jobs(world) == 1


@pytest.mark.parametrize(("plan", "quota"), [("free", FREE), ("pro", PRO)])
def test_the_plan_says_how_many_may_be_under_way(world: World, plan: str, quota: int) -> None:
    user = world.sign_up(plan=plan)
    strategy, other = world.strategy(user), world.strategy(user)
    for number in range(quota):
        ask(world, user, strategy if number % 2 else other)

    code, message, detail, _ = refused(world, user, strategy)

    assert (code, message) == ("PT429", "too many backtests of this user are under way")
    assert detail == f"The plan allows {quota} to be queued or running."
    assert jobs(world) == quota


def test_jobs_that_have_ended_and_jobs_of_others_do_not_count(world: World, ada: UUID) -> None:
    strategy, bob = world.strategy(ada), world.sign_up()
    for _ in range(FREE):
        world.job(bob, world.strategy(bob))
        world.job(ada, strategy, status="cancelled", finished_at="2026-01-01")

    assert ask(world, ada, strategy)["status"] == "queued"


def test_a_request_sent_again_is_answered_even_when_the_quota_is_used_up(
    world: World, ada: UUID
) -> None:
    strategy = world.strategy(ada)
    first = ask(world, ada, strategy, key="k")
    for _ in range(FREE - 1):
        ask(world, ada, strategy)

    assert ask(world, ada, strategy, key="k")["id"] == first["id"]


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        (None, "It is not an object."),
        ([], "It is not an object."),
        ({**CONFIG, "symbol": "BTC"}, "It has a key that no backtest knows."),
        ({**CONFIG, "end_on": "2023-12-31"}, "end_on is before start_on."),
    ],
)
def test_a_config_that_cannot_be_used_is_refused_with_its_fault(
    world: World, ada: UUID, config: object, fault: str
) -> None:
    code, message, detail, _ = refused(world, ada, world.strategy(ada), config)

    assert (code, message) == ("22023", "the config of this backtest cannot be used")
    assert detail == fault
    assert jobs(world) == 0


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_cannot_be_kept_is_refused(world: World, ada: UUID, key: str) -> None:
    said = refused(world, ada, world.strategy(ada), key=key)

    assert said[:2] == ("22023", "this idempotency key cannot be used")


def test_foreign_absent_deleted_and_null_strategies_cannot_be_told_apart(
    world: World, ada: UUID
) -> None:
    bob = world.sign_up()
    foreign, deleted = world.strategy(bob, is_public=True), world.strategy(ada)
    world.run("delete from public.strategies where id = %s", deleted)

    said = [refused(world, ada, strategy) for strategy in (foreign, uuid4(), deleted, None)]

    assert said == [NO_SUCH_STRATEGY] * 4


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
def test_strangers_are_refused_before_anything_is_looked_at(
    world: World, ada: UUID, stranger: str
) -> None:
    strategy = world.strategy(ada)
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None

    said = {
        world.refused(role, sub, CALL, user, asked, None, key)[0]
        for user in (ada, uuid4(), None)
        for asked in (strategy, uuid4(), None)
        for key in ("k", "")
    }

    assert said == {"42501"}
    assert jobs(world) == 0


def test_services_may_ask_for_a_user_and_not_for_nobody(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    with world.acting_as("service_role"):
        assert world.value(CALL, ada, strategy, Jsonb(CONFIG), None)["status"] == "queued"

    said = world.refused("service_role", None, CALL, None, strategy, Jsonb(CONFIG), None)
    assert said[0] == "42501"


def test_a_service_is_answered_with_the_job_of_the_user_asked_for(world: World, ada: UUID) -> None:
    bob = world.sign_up()
    strategies = {user: world.strategy(user) for user in (bob, ada)}
    made = {user: ask(world, user, strategy, key="k") for user, strategy in strategies.items()}

    with world.acting_as("service_role"):
        again = {
            user: world.value(CALL, user, strategy, Jsonb(CONFIG), "k")
            for user, strategy in strategies.items()
        }

    assert again == made


def test_without_the_guard_the_policies_still_refuse_a_job_for_somebody_else(
    world: World, ada: UUID
) -> None:
    strategy, bob = world.strategy(ada), world.sign_up()
    world.let_everybody_pass()

    said = world.refused("authenticated", bob, CALL, ada, strategy, Jsonb(CONFIG), None)

    assert said == NO_SUCH_STRATEGY


def test_temporary_tables_of_the_caller_are_not_written_to(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    with world.acting_as("authenticated", ada):
        for table in ("strategies", "profiles", "backtest_jobs"):
            world.run(f"create temporary table {table} (like public.{table})")
        job = world.value(CALL, ada, strategy, Jsonb(CONFIG), None)
        assert world.value("select count(*) from pg_temp.backtest_jobs") == 0
        assert world.value("select id::text from public.backtest_jobs") == job["id"]


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_snapshot_older_than_the_lock_is_refused(
    open_world: Callable[[], World], level: str
) -> None:
    world = open_world()
    ada = world.sign_up()
    strategy = world.strategy(ada)

    with world.connection.transaction():
        world.run(f"set transaction isolation level {level}")
        said = world.refused("service_role", None, CALL, ada, strategy, Jsonb(CONFIG), None)

    assert said[:2] == ("0A000", "jobs can be created under read committed only")


def send_at_once(
    database: Database, user_id: UUID, requests: list[tuple[UUID, object, str | None]]
) -> Counter[str]:
    """Send each request from a connection of its own; return how often each answer came."""
    start = threading.Barrier(len(requests))

    def send(request: tuple[UUID, object, str | None]) -> str:
        strategy, config, key = request
        with connect(database.url) as connection:
            start.wait()
            try:
                with as_role(connection, "authenticated", user_id, commit=True):
                    row = connection.execute(CALL, [user_id, strategy, Jsonb(config), key])
                    ((job,),) = row.fetchall()
                    return str(job["id"])
            except DatabaseError as error:
                return error.sqlstate or "no code"

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(send, requests))


def test_one_request_from_many_callers_at_once_is_one_job(
    own_database: Database, open_world: Callable[[], World]
) -> None:
    world = open_world()
    ada = world.sign_up()

    answers = send_at_once(own_database, ada, [(world.strategy(ada), CONFIG, "k")] * CALLERS)

    assert answers == {str(world.value("select id from public.backtest_jobs")): CALLERS}


def test_a_key_that_two_requests_fight_for_belongs_to_one(
    own_database: Database, open_world: Callable[[], World]
) -> None:
    world = open_world()
    ada = world.sign_up()
    strategy = world.strategy(ada)
    half = CALLERS // 2

    answers = send_at_once(
        own_database, ada, [(strategy, CONFIG, "k"), (strategy, OTHER_CONFIG, "k")] * half
    )

    winner = str(world.value("select id from public.backtest_jobs"))
    assert answers == {winner: half, "PT409": half}


def test_many_callers_at_once_get_what_the_plan_allows_and_no_more(
    own_database: Database, open_world: Callable[[], World]
) -> None:
    world = open_world()
    ada = world.sign_up()
    strategies = [world.strategy(ada), world.strategy(ada)]

    answers = send_at_once(
        own_database, ada, [(strategies[n % 2], CONFIG, f"key {n}") for n in range(CALLERS)]
    )

    assert answers.pop("PT429") == CALLERS - FREE
    made = {str(job): 1 for (job,) in world.rows("select id from public.backtest_jobs")}
    assert len(made) == FREE
    assert answers == made


def test_a_strategy_that_is_deleted_meanwhile_leaves_no_job(
    own_database: Database, open_world: Callable[[], World]
) -> None:
    world = open_world()
    ada = world.sign_up()
    strategy = world.strategy(ada)

    with ThreadPoolExecutor(1) as pool:
        deleter = open_world()
        with deleter.connection.transaction():
            deleter.run("delete from public.strategies where id = %s", strategy)
            asked = pool.submit(send_at_once, own_database, ada, [(strategy, CONFIG, "k")] * 4)
            wait_for_lock_waiters(world)

    answers = asked.result()
    assert answers == {"PT404": 4}
    assert jobs(world) == 0


def wait_for_lock_waiters(world: World) -> None:
    """Return once somebody waits for a lock in this database."""
    waiting = "select exists (select from pg_locks where not granted)"
    while not world.value(waiting):
        pass
