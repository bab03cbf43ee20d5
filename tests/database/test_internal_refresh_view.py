"""internal.refresh_view(): no writer is missed, whenever they commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import FeatureNotSupported, InsufficientPrivilege, InvalidParameterValue

from tests.database.views import VIEW, after, competitor, is_dirty, off, refresh, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.database.conftest import World

# What everybody writes who has not heard of the above.
NAIVE = f"""
    create function public.refresh_at_once() returns trigger language plpgsql security definer
    set search_path = '' as $$
    begin
        refresh materialized view internal.{VIEW};
        return null;
    end $$;
    alter function public.refresh_at_once() owner to hephaitos_internal;
    create trigger t70_refresh_at_once after insert on public.backtest_results
    for each statement execute function public.refresh_at_once();
    alter table public.backtest_results disable trigger t70_mark_dirty_inserted;
"""
IS_WAITING = """
    select exists (
        select from pg_catalog.pg_locks inner join pg_catalog.pg_database
            on pg_database.oid = pg_locks.database
        where not granted and datname = current_database()
    )
"""


def test_a_refreshed_view_is_right_and_clean(world: World) -> None:
    competitor(world)
    before = (is_dirty(world), off(world) != [])

    outcome = refresh(world)

    assert before == (True, True)
    assert (outcome, is_dirty(world), off(world)) == ("refreshed", False, [])


@pytest.mark.parametrize("is_naive", [False, True])
def test_two_writers_around_a_refresh_leave_no_view_stale(
    open_world: Callable[[], World], *, is_naive: bool
) -> None:
    world, first, second = open_world(), open_world(), open_world()
    if is_naive:
        world.run("grant create on schema public to hephaitos_internal")
        world.run(NAIVE)
    mine, yours = competitor(world), competitor(world)
    refresh(world)

    with ThreadPoolExecutor(1) as pool:
        with first.connection.transaction():
            first.result(*mine, sharpe_ratio=9)
            written = pool.submit(second.result, *yours, sharpe_ratio=5)
            while not (written.done() or world.value(IS_WAITING)):
                pass
            if not is_naive:
                refresh(world)  # which sees the second, and not the first
        written.result()
    while is_dirty(world):
        refresh(world)

    assert (off(world) != []) is is_naive


def test_who_commits_in_the_midst_of_a_refresh_keeps_the_mark(
    open_world: Callable[[], World],
) -> None:
    world, refresher, blocker = open_world(), open_world(), open_world()
    mine, yours = competitor(world), competitor(world)
    refresh(world)
    world.result(*mine, sharpe_ratio=9)

    with ThreadPoolExecutor(1) as pool:
        with blocker.connection.transaction():
            blocker.run(f"refresh materialized view concurrently internal.{VIEW}")
            outcome = pool.submit(refresh, refresher)
            while not world.value(IS_WAITING):
                assert not outcome.done()
            # Its snapshot is taken, its view is not.
            world.result(*yours, sharpe_ratio=5)
        outcome.result()

    assert (off(world) == []) or is_dirty(world)
    refresh(world)
    assert off(world) == []


# The writers are alike, so it does not matter which of them begins.
ORDERS = sorted({order for order in permutations("aabbrr") if order.index("a") < order.index("b")})


@pytest.mark.parametrize("order", ORDERS, ids="".join)
def test_in_whatever_order_they_write_refresh_and_commit(
    ring: tuple[World, World, World, tuple[UUID, UUID], tuple[UUID, UUID]], order: tuple[str, ...]
) -> None:
    first, second, refresher, mine, yours = ring
    begin: dict[str, Callable[[], object]] = {
        "a": lambda: first.result(*mine, sharpe_ratio=9),
        "b": lambda: second.result(*yours, sharpe_ratio=5),
        "r": lambda: refresh(refresher),
    }
    worlds = {"a": first, "b": second, "r": refresher}

    begun: set[str] = set()
    for who in order:
        if who in begun:
            worlds[who].connection.commit()
        else:
            begun.add(who)
            begin[who]()

    is_right, is_marked = off(refresher) == [], is_dirty(refresher)
    refresh(refresher)
    refresher.connection.commit()
    assert is_right or is_marked
    assert (off(refresher), is_dirty(refresher)) == ([], False)
    refresher.connection.commit()


@pytest.fixture(scope="module")
def ring(
    module_world: Callable[[], World],
) -> tuple[World, World, World, tuple[UUID, UUID], tuple[UUID, UUID]]:
    """Two writers and a refresher, each in a transaction of their own until they commit."""
    first, second, refresher = module_world(), module_world(), module_world()
    mine, yours = competitor(refresher), competitor(refresher)
    for world in (first, second, refresher):
        world.connection.autocommit = False
    return first, second, refresher, mine, yours


def test_a_second_refresher_leaves_it_to_the_first(open_world: Callable[[], World]) -> None:
    first, second = open_world(), open_world()
    competitor(first)

    with first.connection.transaction():
        outcomes = refresh(first), refresh(second)

    assert outcomes == ("refreshed", "busy")


def test_a_second_refresher_who_comes_later_looks_again_whether_it_is_due(world: World) -> None:
    competitor(world)
    again = f"select internal.refresh_view('{VIEW}', %s, p_only_when_due => true)"

    outcomes = [world.value(again, after(minutes=minute)) for minute in (0, 0, 1)]
    competitor(world)
    outcomes.append(world.value(again, after(seconds=1)))
    outcomes.append(world.value(again, after(minutes=1)))

    assert outcomes == ["refreshed", "fresh", "fresh", "fresh", "refreshed"]
    assert refresh(world, after(minutes=1)) == "refreshed", "due or not, when nobody asks"


def test_readers_are_not_held_up(open_world: Callable[[], World]) -> None:
    refresher, reader = open_world(), open_world()
    competitor(refresher)
    reader.run("set lock_timeout = '100ms'")

    with refresher.connection.transaction():
        refresh(refresher)
        seen_before = reader.value(f"select count(*) from internal.{VIEW}")

    assert (seen_before, reader.value(f"select count(*) from internal.{VIEW}")) == (0, 1)


def test_a_view_that_holds_nothing_yet_is_filled(world: World) -> None:
    competitor(world)
    world.run(f"refresh materialized view internal.{VIEW} with no data")

    assert (refresh(world), off(world)) == ("refreshed", [])


def test_every_refresh_is_in_the_log_for_a_month(world: World) -> None:
    competitor(world)
    refresh(world, after())
    refresh(world, after(days=29))
    refresh(world, after(days=31))

    rows = world.rows(
        """
        select refreshed_at, mark_count, dirty_since is not null, error, duration > '0'
        from internal.view_refreshes order by refreshed_at
        """
    )

    assert rows == [
        (after(days=29), 0, False, None, True),
        (after(days=31), 0, False, None, True),
    ]


def test_a_failed_refresh_leaves_the_view_dirty_and_says_why(world: World) -> None:
    competitor(world)
    world.run(
        "create function internal.explode(numeric) returns numeric language plpgsql"
        " as $$ begin raise exception 'bang'; end $$"
    )
    world.run("grant execute on function internal.explode to hephaitos_internal")
    world.run(f"drop materialized view internal.{VIEW} cascade")
    world.run(
        f"create materialized view internal.{VIEW} as select internal.explode(1) with no data"
    )
    world.run("grant create on schema internal to hephaitos_internal")
    world.run(f"alter materialized view internal.{VIEW} owner to hephaitos_internal")

    outcome = refresh(world)

    assert (outcome, is_dirty(world)) == ("failed", True)
    assert state(world, after(), "refreshed_at, error") == (None, "P0001 bang")


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_snapshot_that_stands_still_is_refused(
    open_world: Callable[[], World], level: str
) -> None:
    world = open_world()
    world.run(f"set default_transaction_isolation = '{level}'")

    with pytest.raises(FeatureNotSupported):
        refresh(world)


@pytest.mark.parametrize("name", ["messages", "no_such_view", "pg_class"])
def test_only_views_that_were_named_are_refreshed(world: World, name: str) -> None:
    world.run("insert into internal.views (view_name) values ('messages')")

    with pytest.raises(InvalidParameterValue):
        world.value("select internal.refresh_view(%s)", name)


@pytest.mark.parametrize("role", ["authenticated", "service_role", "hephaitos_worker"])
def test_no_caller_of_the_api_refreshes(world: World, role: str) -> None:
    with world.acting_as(role), pytest.raises(InsufficientPrivilege):
        refresh(world)
