"""public.get_strategies_with_performance(): a dashboard in one call, for its owner alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import Rows, World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = "select * from public.get_strategies_with_performance(%s)"
AVERAGES = """
    select avg_sharpe, avg_cagr, avg_return, backtest_count, last_backtest_at
    from public.get_strategies_with_performance(%s)
"""
# The plan's own query: every backtest read again for every dashboard.
ORACLE = """
    select
        strategies.id, strategies.name, strategies.description, strategies.status,
        strategies.created_at, strategies.updated_at, round(avg(sharpe_ratio), 2),
        round(avg(cagr), 2), round(avg(total_return), 2), count(backtest_results.id),
        max(backtest_results.created_at)
    from public.strategies
    left join public.backtest_results
        on backtest_results.user_id = strategies.user_id
        and backtest_results.strategy_id = strategies.id
    where strategies.user_id = %s
    group by strategies.user_id, strategies.id
    order by strategies.created_at desc, strategies.id desc
"""


def call(world: World, user_id: UUID, query: str = CALL) -> Rows:
    with world.acting_as("authenticated", user_id):
        return world.rows(query, user_id)


def test_the_columns_are_the_agreed_ones(world: World) -> None:
    columns = world.value(
        """
        select pg_get_function_result(
            'public.get_strategies_with_performance(uuid)'::regprocedure
        )
        """
    )

    assert columns == (
        "TABLE(id uuid, name text, description text, status text,"
        " created_at timestamp with time zone, updated_at timestamp with time zone,"
        " avg_sharpe numeric, avg_cagr numeric, avg_return numeric,"
        " backtest_count bigint, last_backtest_at timestamp with time zone)"
    )


def test_newest_come_first_and_ties_have_an_order(world: World) -> None:
    ada = world.sign_up()
    tied = [world.strategy(ada, created_at=NOON) for _ in range(5)]
    newest = world.strategy(ada, created_at=NOON + timedelta(microseconds=1))
    oldest = world.strategy(ada, created_at=NOON - timedelta(days=900))

    listed = [row[0] for row in call(world, ada)]

    assert listed == [newest, *sorted(tied, reverse=True), oldest]


def test_a_strategy_without_backtests_is_listed_without_figures(world: World) -> None:
    ada = world.sign_up()
    world.strategy(ada)

    assert call(world, ada, AVERAGES) == [(None, None, None, 0, None)]


def test_a_user_without_strategies_gets_no_rows(world: World) -> None:
    assert call(world, world.sign_up()) == []


def test_averages_are_rounded_half_away_from_zero_to_two_digits(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    for sharpe, cagr, total_return in [("1", "-0.01", "0.01"), ("1.01", "0", "0")]:
        world.result(
            ada, strategy, sharpe_ratio=sharpe, cagr=cagr, total_return=total_return,
            created_at=NOON,
        )  # fmt: skip

    assert call(world, ada, AVERAGES) == [
        (Decimal("1.01"), Decimal("-0.01"), Decimal("0.01"), 2, NOON)
    ]


def test_what_is_unknown_does_not_count_as_zero(world: World) -> None:
    ada = world.sign_up()
    some, none = world.strategy(ada, created_at=NOON), world.strategy(ada)
    world.result(ada, some, sharpe_ratio=3, cagr=None, created_at=NOON)
    world.result(ada, some, sharpe_ratio=None, cagr=7, created_at=NOON)
    world.result(ada, none, sharpe_ratio=None, cagr=None, created_at=NOON)

    assert call(world, ada, AVERAGES) == [
        (None, None, Decimal("1.00"), 1, NOON),
        (Decimal("3.00"), Decimal("7.00"), Decimal("1.00"), 2, NOON),
    ]


def test_the_answer_is_the_full_aggregate(world: World) -> None:
    ada, bob, random = world.sign_up(), world.sign_up(), Random(7)
    owners = [ada, bob, ada, ada, bob, ada]
    for owner in owners:
        strategy = world.strategy(owner, created_at=NOON + timedelta(hours=random.randrange(3)))
        for _ in range(random.randrange(6)):
            world.result(
                owner, strategy,
                sharpe_ratio=random.choice([None, random.uniform(-2, 4)]),
                cagr=random.choice([None, random.uniform(-100, 90)]),
                total_return=random.uniform(-100, 400),
                created_at=NOON + timedelta(minutes=random.randrange(9)),
            )  # fmt: skip

    for user_id in (ada, bob):
        assert call(world, user_id) == world.rows(ORACLE, user_id)


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
@pytest.mark.parametrize("asked_for", ["ada", "a user who is not there", "null"])
def test_strangers_are_refused_and_learn_nothing(
    world: World, stranger: str, asked_for: str
) -> None:
    ada = world.sign_up()
    world.strategy(ada)
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None
    target = {"ada": ada, "a user who is not there": uuid4(), "null": None}[asked_for]

    with pytest.raises(InsufficientPrivilege) as refused, world.acting_as(role, sub):
        world.rows(CALL, target)

    said = refused.value.diag
    if role == "anon":
        assert said.message_primary == (
            "permission denied for function get_strategies_with_performance"
        )
    else:
        assert (said.message_primary, said.message_detail, said.message_hint) == (
            "permission denied for the strategies of this user",
            "The caller is neither the user asked for nor service_role.",
            "Sign in, and pass the id of the user who is signed in.",
        )


def test_the_guard_holds_even_for_who_should_have_no_right_to_call(world: World) -> None:
    ada = world.sign_up()
    world.run("grant execute on function public.get_strategies_with_performance(uuid) to anon")

    with (
        pytest.raises(InsufficientPrivilege, match="strategies of this user"),
        world.acting_as("anon"),
    ):
        world.rows(CALL, ada)


def test_services_may_ask_for_anybody_but_not_for_nobody(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)

    with world.acting_as("service_role"):
        listed = [row[0] for row in world.rows(CALL, ada)]
        absent = world.rows(CALL, uuid4())
    with pytest.raises(InsufficientPrivilege), world.acting_as("service_role"):
        world.rows(CALL, None)

    assert (listed, absent) == ([strategy], [])


def test_without_the_guard_the_policies_still_hide_what_is_foreign(world: World) -> None:
    ada, bob = world.sign_up(), world.sign_up()
    world.result(ada, world.strategy(ada))
    world.run(
        """
        create or replace function internal.can_act_for(p_user_id uuid) returns boolean
        language sql stable security invoker begin atomic select true; end
        """
    )

    with world.acting_as("authenticated", bob):
        seen = world.rows(CALL, ada)
    with world.acting_as("authenticated"):
        seen += world.rows(CALL, ada)

    assert seen == []


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    world.result(ada, strategy)
    honest = call(world, ada)

    with world.acting_as("authenticated", ada):
        for table in ("strategies", "strategy_stats"):
            world.run(f"create temporary table {table} (like public.{table})")
        world.run("create temporary view uid as select 1")
        answer = world.rows(CALL, ada)

    assert answer == honest != []


def test_it_runs_where_nothing_may_be_written(world: World) -> None:
    ada = world.sign_up()
    world.strategy(ada)

    with world.acting_as("authenticated", ada):
        world.run("set transaction read only")
        assert len(world.rows(CALL, ada)) == 1


def test_the_owner_has_no_power_of_its_own(world: World) -> None:
    rights = world.rows(
        """
        select rolname, rolcanlogin, rolsuper, rolbypassrls
        from pg_catalog.pg_roles
        inner join pg_catalog.pg_proc on proowner = pg_roles.oid
        where pg_proc.oid = 'public.get_strategies_with_performance(uuid)'::regprocedure
        """
    )

    assert rights == [("hephaitos_api", False, False, False)]
