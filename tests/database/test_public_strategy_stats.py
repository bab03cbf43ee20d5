"""public.strategy_stats: equal to the full aggregate after any writes, by anybody, at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

WRITERS, ROUNDS = 16, 25

STEPS = {
    "insert": """
        insert into public.backtest_results (
            user_id, strategy_id, total_return, cagr, sharpe_ratio, max_drawdown, total_trades,
            created_at
        )
        select
            user_id, id, %(number)s, nullif(%(number)s, 3), nullif(%(number)s, 4), 0, n,
            timestamptz '2026-01-01' + n * interval '1 day'
        from public.strategies, generate_series(0, %(number)s) as n
        where strategies.name = any(%(names)s::text[])
    """,
    "correct": """
        update public.backtest_results
        set total_return = -total_return, sharpe_ratio = nullif(sharpe_ratio, %(number)s)
        where total_trades >= %(number)s
    """,
    "postpone": """
        update public.backtest_results
        set created_at = created_at + (%(number)s - 3) * interval '1 day'
        where total_trades = %(number)s
    """,
    "move": """
        update public.backtest_results
        set strategy_id = target.id
        from public.strategies as target
        where
            target.user_id = backtest_results.user_id
            and target.name = (%(names)s::text[])[1]
            and backtest_results.total_trades <= %(number)s
    """,
    "delete": """
        delete from public.backtest_results
        using public.strategies
        where
            strategies.user_id = backtest_results.user_id
            and strategies.id = backtest_results.strategy_id
            and strategies.name = any(%(names)s::text[])
            and backtest_results.total_trades >= %(number)s
    """,
    "delete strategies": "delete from public.strategies where name = (%(names)s::text[])[2]",
    "truncate": "truncate public.backtest_results, public.trades",
}
NAMES = ("alpha", "beta", "gamma")
steps = some.tuples(
    some.sampled_from([*STEPS, "insert", "insert", "move", "delete"]),
    some.integers(0, 5),
    some.lists(some.sampled_from(NAMES), unique=True),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=some.lists(steps, max_size=12))
def test_any_script_of_writes_leaves_the_full_aggregate(
    world: World, script: list[tuple[str, int, list[str]]]
) -> None:
    with world.connection.transaction(force_rollback=True):
        for user_id in (world.sign_up(), world.sign_up()):
            for name in NAMES:
                world.strategy(user_id, name=name)

        for step, number, names in script:
            world.connection.execute(STEPS[step].encode(), {"number": number, "names": names})

            assert world.stats_off() == [], step


def in_parallel(work: Callable[[int], None]) -> None:
    """Run one piece of work in each of the writers' threads; the first error is raised."""
    with ThreadPoolExecutor(WRITERS) as pool:
        for finished in [pool.submit(work, writer) for writer in range(WRITERS)]:
            finished.result()


def test_sixteen_writers_never_deadlock_and_lose_nothing(open_world: Callable[[], World]) -> None:
    owner = open_world()
    ada = owner.sign_up()
    strategies = [owner.strategy(ada) for _ in range(6)]
    worlds = [open_world() for _ in range(WRITERS)]

    def write(writer: int) -> None:
        """Insert, move and delete rows of one's own, in many strategies a statement."""
        world, random = worlds[writer], Random(writer)
        for _ in range(ROUNDS):
            wanted = random.sample(strategies, k=random.randint(1, 6))
            world.run(
                """
                insert into public.backtest_results (
                    user_id, strategy_id, total_return, sharpe_ratio, max_drawdown, total_trades
                )
                select %s, unnest(%s::uuid[]), %s, %s, 0, %s
                """,
                ada, wanted, random.randint(-9, 9), random.choice([None, 1, 2]), writer,
            )  # fmt: skip
            world.run(
                """
                update public.backtest_results
                set strategy_id = (%s::uuid[])[1 + abs(hashtext(id::text)) %% 6]
                where total_trades = %s and total_return > %s
                """,
                random.sample(strategies, k=6), writer, random.randint(-9, 9),
            )  # fmt: skip
            world.run(
                "delete from public.backtest_results where total_trades = %s and total_return < %s",
                writer, random.randint(-9, 9),
            )  # fmt: skip

    in_parallel(write)

    assert owner.stats_off() == []


def test_the_first_and_the_last_result_race_without_losing_the_row(
    open_world: Callable[[], World],
) -> None:
    owner = open_world()
    ada = owner.sign_up()
    strategy = owner.strategy(ada)
    worlds = [open_world() for _ in range(WRITERS)]

    def come_and_go(writer: int) -> None:
        for _ in range(ROUNDS):
            result = worlds[writer].result(ada, strategy)
            worlds[writer].run("delete from public.backtest_results where id = %s", result)

    in_parallel(come_and_go)

    assert (owner.stats_off(), owner.rows("select * from public.strategy_stats")) == ([], [])


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.deep)])
def test_writers_movers_leavers_and_a_truncate_at_once_never_deadlock(
    open_world: Callable[[], World], rounds: int
) -> None:
    owner = open_world()
    ada = owner.sign_up()
    strategies = [owner.strategy(ada) for _ in range(6)]
    worlds = [open_world() for _ in range(WRITERS)]

    def work(writer: int) -> None:
        world, random = worlds[writer], Random(writer)
        for _ in range(rounds):
            if writer == 0:
                world.run("truncate public.backtest_results, public.trades")
            elif writer < 4:
                come_and_leave(world)
            else:
                for step in random.sample([WRITE, WRITE, MOVE, DELETE], k=4):
                    world.connection.execute(
                        step.encode(), some_change(ada, strategies, writer, random)
                    )

    in_parallel(work)

    assert owner.stats_off() == []
    kept = owner.rows("select distinct user_id from public.strategy_stats")
    assert kept in ([], [(ada,)])


WRITE = """
    insert into public.backtest_results (
        user_id, strategy_id, total_return, cagr, sharpe_ratio, max_drawdown, total_trades,
        created_at
    )
    select
        %(user)s, unnest(%(some)s::uuid[]), %(figure)s, nullif(%(figure)s, 3), %(sharpe)s, 0,
        %(writer)s, now() - %(days)s * interval '1 day'
"""
MOVE = """
    update public.backtest_results
    set
        strategy_id = (%(all)s::uuid[])[1 + abs(hashtext(id::text)) %% 6],
        created_at = created_at - %(days)s * interval '1 hour',
        sharpe_ratio = nullif(sharpe_ratio, 2)
    where user_id = %(user)s and total_trades = %(writer)s and total_return > %(figure)s
"""
DELETE = """
    delete from public.backtest_results
    where user_id = %(user)s and total_trades = %(writer)s and total_return < %(figure)s
"""


def some_change(
    user: UUID, strategies: list[UUID], writer: int, random: Random
) -> dict[str, object]:
    """Return what WRITE, MOVE and DELETE are about: a writer's own rows, in shared strategies."""
    return {
        "user": user,
        "writer": writer,
        "some": random.sample(strategies, k=random.randint(1, 6)),
        "all": random.sample(strategies, k=6),
        "figure": random.randint(-9, 9),
        "sharpe": random.choice([None, 1, 2]),
        "days": random.randint(0, 3),
    }


def come_and_leave(world: World) -> None:
    """Sign up, have results in two strategies, move them into one, and be deleted."""
    user = world.sign_up()
    homes = [world.strategy(user) for _ in range(2)]
    for home in homes:
        world.result(user, home)
    world.run(
        "update public.backtest_results set strategy_id = %s where user_id = %s", homes[0], user
    )
    world.run("delete from auth.users where id = %s", user)


def test_users_may_leave_while_services_write(open_world: Callable[[], World]) -> None:
    owner = open_world()
    stayers = [owner.sign_up() for _ in range(4)]
    leavers = [owner.sign_up() for _ in range(WRITERS)]
    strategies = {user: [owner.strategy(user) for _ in range(2)] for user in [*stayers, *leavers]}
    worlds = [open_world() for _ in range(WRITERS)]

    def leave_or_write(writer: int) -> None:
        world, random = worlds[writer], Random(writer)
        for _ in range(ROUNDS):
            user = random.choice([*stayers, leavers[writer]])
            world.result(user, random.choice(strategies[user]))
        world.run("delete from auth.users where id = %s", leavers[writer])

    in_parallel(leave_or_write)

    assert owner.stats_off() == []
    kept = {user for (user,) in owner.rows("select distinct user_id from public.strategy_stats")}
    assert kept <= set(stayers)


@pytest.mark.parametrize(
    "write",
    [
        (
            "insert into public.backtest_results (user_id, strategy_id, total_return,"
            " max_drawdown, total_trades) select id, id, 1, 1, 1 from public.profiles where false"
        ),
        "update public.backtest_results set total_return = 9 where false",
        "update public.backtest_results set win_rate = 9",
        "delete from public.backtest_results where false",
    ],
)
def test_what_counts_for_nothing_does_not_wait_for_the_totals(
    open_world: Callable[[], World], write: str
) -> None:
    owner, other = open_world(), open_world()
    ada = owner.sign_up()
    owner.result(ada, owner.strategy(ada))

    with owner.connection.transaction():
        owner.run("lock table public.strategy_stats in access exclusive mode")
        other.run("set lock_timeout = '1s'")

        other.run(write)


@pytest.mark.parametrize("role", ["authenticated", "service_role", "hephaitos_api"])
@pytest.mark.parametrize(
    "write",
    [
        (
            "insert into public.strategy_stats (user_id, strategy_id, last_backtest_at)"
            " select user_id, id, now() from public.strategies"
        ),
        "update public.strategy_stats set sharpe_total = 900",
        "delete from public.strategy_stats",
        "truncate public.strategy_stats",
    ],
)
def test_nobody_but_the_triggers_writes_totals(world: World, role: str, write: str) -> None:
    ada: UUID = world.sign_up()
    world.result(ada, world.strategy(ada))

    with pytest.raises(InsufficientPrivilege), world.acting_as(role, ada):
        world.run(write)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("backtest_count = -1", "strategy_stats_backtest_count_check"),
        ("sharpe_count = 2", "strategy_stats_sharpe_count_check"),
        ("sharpe_total = 1", "strategy_stats_sharpe_total_check"),
        ("cagr_count = -1", "strategy_stats_cagr_count_check"),
        ("cagr_total = 1", "strategy_stats_cagr_total_check"),
    ],
)
def test_impossible_totals_are_refused(world: World, wrong: str, constraint: str) -> None:
    ada = world.sign_up()
    world.result(ada, world.strategy(ada))

    assert world.violated(f"update public.strategy_stats set {wrong}") == constraint
