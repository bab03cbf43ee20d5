"""internal.get_queue_metrics(): what an operator has to know, and nothing of a message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.database.queues import after, claim, complete, enqueue, fail

if TYPE_CHECKING:
    from tests.database.conftest import World

METRICS = """
    select
        queue, ready_count, delayed_count, claimed_count, dead_count, done_count,
        done_lately_count, oldest_ready_age
    from internal.get_queue_metrics(%s)
    where queue = 'notifications'
"""


def test_an_empty_queue_has_a_row_of_nothing(world: World) -> None:
    assert world.rows(METRICS, after()) == [("notifications", 0, 0, 0, 0, 0, 0, None)]


def test_every_message_is_counted_once(world: World) -> None:
    enqueue(world, "dead")
    fail(world, claim(world), is_final=True)
    enqueue(world, "done", "done too")
    complete(world, claim(world))
    enqueue(world, "failed")
    fail(world, claim(world), after(hours=1))
    enqueue(world, "lost")
    claim(world, after(seconds=1), seconds=1)
    enqueue(world, "held")
    claim(world, after(seconds=1), seconds=7200)
    enqueue(world, "due", ready_at=after(seconds=30))
    enqueue(world, "scheduled", ready_at=after(days=1))

    ((_, *counts, age),) = world.rows(METRICS, after(minutes=6))

    assert counts == [2, 2, 1, 1, 2, 0]
    assert age == timedelta(minutes=6) - timedelta(seconds=2)


def test_workers_may_ask(world: World) -> None:
    with world.acting_as("hephaitos_worker"):
        assert len(world.rows(METRICS, after())) == 1
