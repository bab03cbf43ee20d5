"""internal.purge_messages(): only what is done, only when its key has counted long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.queues import after, claim, complete, enqueue, fail, set_patience

if TYPE_CHECKING:
    from tests.database.conftest import World


def keys(world: World) -> str:
    return world.value("select string_agg(dedup_key, '' order by id) from internal.messages") or ""


def test_what_was_done_long_ago_goes_and_nothing_else(world: World) -> None:
    set_patience(world, keep_done_for="2 days")
    enqueue(world, "d")
    fail(world, claim(world), is_final=True)
    enqueue(world, "o")
    complete(world, claim(world))
    enqueue(world, "n")
    complete(world, claim(world), after(days=1))
    enqueue(world, "p")

    purged = world.value("select internal.purge_messages(p_now => %s)", after(days=2, seconds=1))

    assert (purged, keys(world)) == (1, "dnp")


def test_a_run_takes_no_more_than_it_is_told_to(world: World) -> None:
    enqueue(world, *"abcde")
    complete(world, claim(world))

    purged = [
        world.value("select internal.purge_messages(2, %s)", after(days=99)) for _ in range(4)
    ]

    assert purged == [2, 2, 1, 0]
