"""internal.refresh_dirty_views(): what a schedule calls every minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from tests.database.views import after, competitor, is_dirty, off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World

CALL = "call internal.refresh_dirty_views(%s)"
TIMES = "select refreshed_at from internal.view_refreshes order by id"


def test_it_does_what_is_due_and_no_more(open_world: Callable[[], World]) -> None:
    world = open_world()
    for minute in range(5):
        if minute == 2:
            competitor(world)
        world.run(CALL, after(minutes=minute))

    # The first time ever, and the minute that somebody wrote in.
    assert [row[0] for row in world.rows(TIMES)] == [after(), after(minutes=2)]
    assert off(world) == []


def test_a_burst_of_writes_is_one_refresh_an_interval(open_world: Callable[[], World]) -> None:
    world = open_world()
    world.run("update internal.views set minimum_interval = '5 minutes'")
    for minute in range(11):
        competitor(world)
        world.run(CALL, after(minutes=minute))

    assert [row[0] for row in world.rows(TIMES)] == [after(minutes=minute) for minute in (0, 5, 10)]


def test_run_often_at_once_it_refreshes_once(open_world: Callable[[], World]) -> None:
    worlds = [open_world() for _ in range(20)]
    competitor(worlds[0])
    together = Barrier(len(worlds), timeout=60)

    def run(world: World) -> None:
        together.wait()
        world.run(CALL, after())

    with ThreadPoolExecutor(len(worlds)) as pool:
        list(pool.map(run, worlds))

    # Whoever was late found it in other hands, or not due any more.
    assert [row[0] for row in worlds[0].rows(TIMES)] == [after()]
    assert (off(worlds[0]), is_dirty(worlds[0])) == ([], False)


def test_now_is_the_default(open_world: Callable[[], World]) -> None:
    world = open_world()

    world.run("call internal.refresh_dirty_views()")

    assert world.value(
        "select now() - refreshed_at between '0' and '1 minute' from internal.view_refreshes"
    )
