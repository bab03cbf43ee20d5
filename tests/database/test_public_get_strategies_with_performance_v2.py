"""public.get_strategies_with_performance_v2(): the dashboard page by page, beside version 1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

if TYPE_CHECKING:
    from tests.database.conftest import Rows, World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
V1 = "select * from public.get_strategies_with_performance(%s)"
V2 = "select * from public.get_strategies_with_performance_v2(%s, %s, %s, %s)"
FIRST_PAGE = "select * from public.get_strategies_with_performance_v2(%s)"
DENIED = (
    "42501",
    "permission denied for the strategies of this user",
    "The caller is neither the user asked for nor service_role.",
    "Sign in, and pass the id of the user who is signed in.",
)
HALF_A_PLACE = (
    "22023",
    "half a place to go on from",
    "One of p_after_created_at and p_after_id is null.",
    "Pass both from the last row of the page before, or neither.",
)


def page(world: World, user_id: UUID, limit: int | None, after: Rows | None = None) -> Rows:
    """Return the page after the last of some rows, or the first one."""
    place = (after[-1][4], after[-1][0]) if after else (None, None)
    with world.acting_as("authenticated", user_id):
        return world.rows(V2, user_id, limit, *place)


def walk(world: World, user_id: UUID, limit: int) -> list[Rows]:
    """Return all pages, the empty one at the end left out."""
    pages = []
    found = page(world, user_id, limit)
    while found:
        pages.append(found)
        found = page(world, user_id, limit, found)
    return pages


def furnish(world: World, created: list[int], random: Random) -> UUID:
    """Make a user with one strategy a minute given, and some results for most of them."""
    ada = world.sign_up()
    for minute in created:
        strategy = world.strategy(ada, created_at=NOON + timedelta(minutes=minute))
        for _ in range(random.randrange(3)):
            world.result(
                ada, strategy,
                sharpe_ratio=random.choice([None, random.uniform(-2, 4)]),
                cagr=random.choice([None, random.uniform(-100, 90)]),
                total_return=random.uniform(-100, 400),
                created_at=NOON + timedelta(minutes=random.randrange(9)),
            )  # fmt: skip
    return ada


def test_it_takes_what_is_agreed_and_answers_with_the_columns_of_version_1(world: World) -> None:
    ((arguments, columns, columns_before),) = world.rows(
        """
        select
            pg_get_function_arguments(v2), pg_get_function_result(v2), pg_get_function_result(v1)
        from (
            select
                'public.get_strategies_with_performance(uuid)'::regprocedure as v1,
                to_regproc('public.get_strategies_with_performance_v2') as v2
        ) as versions
        """
    )

    assert columns == columns_before
    assert arguments == (
        "p_user_id uuid, p_limit integer DEFAULT 50,"
        " p_after_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone,"
        " p_after_id uuid DEFAULT NULL::uuid"
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    created=some.lists(some.integers(0, 3), max_size=12),
    limit=some.integers(1, 13),
    seed=some.integers(0, 2**16),
)
def test_all_pages_together_are_the_answer_of_version_1(
    world: World, created: list[int], limit: int, seed: int
) -> None:
    with world.connection.transaction(force_rollback=True):
        ada = furnish(world, created, Random(seed))
        furnish(world, [0, 1], Random(seed))
        with world.acting_as("authenticated", ada):
            whole = world.rows(V1, ada)

        pages = walk(world, ada, limit)

    assert [row for rows in pages for row in rows] == whole
    assert all(len(rows) == limit for rows in pages[:-1])


def test_newest_come_first_and_ties_have_an_order_across_pages(world: World) -> None:
    ada = world.sign_up()
    tied = [world.strategy(ada, created_at=NOON) for _ in range(5)]
    newest = world.strategy(ada, created_at=NOON + timedelta(microseconds=1))
    oldest = world.strategy(ada, created_at=NOON - timedelta(days=900))

    pages = walk(world, ada, 2)

    assert [row[0] for rows in pages for row in rows] == [
        newest, *sorted(tied, reverse=True), oldest,
    ]  # fmt: skip


def test_a_page_stays_where_it_was_when_newer_strategies_come(world: World) -> None:
    ada = furnish(world, [0, 1, 2, 3], Random(1))
    first = page(world, ada, 2)
    before = page(world, ada, 2, first)

    world.strategy(ada, created_at=NOON + timedelta(days=1))

    assert page(world, ada, 2, first) == before != []


def test_a_page_goes_on_even_after_a_strategy_that_is_gone(world: World) -> None:
    ada = furnish(world, [0, 1, 2, 3], Random(1))
    first = page(world, ada, 2)
    before = page(world, ada, 2, first)

    world.run("delete from public.strategies where id = %s", first[-1][0])

    assert page(world, ada, 2, first) == before != []


@pytest.mark.parametrize(("limit", "expected"), [(-1, 1), (0, 1), (1, 1), (100, 100), (101, 100)])
def test_the_length_of_a_page_is_held_between_1_and_100(
    world: World, limit: int, expected: int
) -> None:
    ada = furnish(world, [0] * 101, Random(1))

    assert len(page(world, ada, limit)) == expected


def test_a_page_is_50_long_unless_asked_otherwise(world: World) -> None:
    ada = furnish(world, [0] * 51, Random(1))

    with world.acting_as("authenticated", ada):
        assert len(world.rows(FIRST_PAGE, ada)) == 50
    assert len(page(world, ada, None)) == 50


def test_a_user_without_strategies_gets_no_rows(world: World) -> None:
    assert page(world, world.sign_up(), 50) == []


@pytest.mark.parametrize("place", [(NOON, None), (None, uuid4())])
def test_half_a_place_is_refused(world: World, place: tuple[object, object]) -> None:
    ada = world.sign_up()

    assert world.refused("authenticated", ada, V2, ada, 1, *place) == HALF_A_PLACE


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
@pytest.mark.parametrize("asked_for", ["ada", "a user who is not there", "null"])
def test_strangers_are_refused_and_learn_nothing(
    world: World, stranger: str, asked_for: str
) -> None:
    ada = furnish(world, [0], Random(1))
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None
    target = {"ada": ada, "a user who is not there": uuid4(), "null": None}[asked_for]

    # Half a place, too: who asks is looked at before what is asked.
    said = {world.refused(role, sub, V2, target, 1, None, last) for last in (None, uuid4())}

    if role == "anon":
        ((code, message, *_),) = said
        assert (code, message) == (
            "42501",
            "permission denied for function get_strategies_with_performance_v2",
        )
    else:
        assert said == {DENIED}


def test_services_may_ask_for_anybody_but_not_for_nobody(world: World) -> None:
    ada = furnish(world, [0, 1], Random(1))

    with world.acting_as("service_role"):
        listed, absent = world.rows(FIRST_PAGE, ada), world.rows(FIRST_PAGE, uuid4())

    assert (listed, absent) == (page(world, ada, 50), [])
    assert world.refused("service_role", None, FIRST_PAGE, None) == DENIED


def test_without_the_guard_the_policies_still_hide_what_is_foreign(world: World) -> None:
    ada, bob = furnish(world, [0], Random(1)), world.sign_up()
    world.let_everybody_pass()

    seen = []
    for sub in (bob, None):
        with world.acting_as("authenticated", sub):
            seen += world.rows(FIRST_PAGE, ada)

    assert seen == []


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World) -> None:
    ada = furnish(world, [0], Random(1))
    honest = page(world, ada, 50)

    with world.acting_as("authenticated", ada):
        for table in ("strategies", "strategy_stats", "page"):
            world.run(f"create temporary table {table} (like public.strategies)")
        answer = world.rows(FIRST_PAGE, ada)

    assert answer == honest != []


def test_it_runs_where_nothing_may_be_written(world: World) -> None:
    ada = furnish(world, [0], Random(1))

    with world.acting_as("authenticated", ada):
        world.run("set transaction read only")
        assert len(world.rows(FIRST_PAGE, ada)) == 1
