"""internal.refresh_all_views(): due or not, also what nobody marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.views import after, competitor, is_dirty, off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World


def test_it_finds_what_went_around_the_triggers(open_world: Callable[[], World]) -> None:
    world = open_world()
    world.run("call internal.refresh_all_views(%s)", after())
    world.run("alter table public.backtest_results disable trigger t70_mark_dirty_inserted")
    competitor(world)
    assert not is_dirty(world)

    world.run("call internal.refresh_dirty_views(%s)", after(minutes=1))
    stale = off(world) != []
    world.run("call internal.refresh_all_views(%s)", after(minutes=1))

    assert stale
    assert off(world) == []


def test_a_view_just_refreshed_is_refreshed_again(open_world: Callable[[], World]) -> None:
    world = open_world()

    for _ in range(2):
        world.run("call internal.refresh_all_views(%s)", after())

    assert world.value("select count(*) from internal.view_refreshes") == 2
