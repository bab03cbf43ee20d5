"""internal.complete_messages(): delivered is delivered, whoever says so and however late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.queues import QUEUE, after, claim, complete, enqueue, fail, message

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_completed_message_is_done_and_dated(world: World) -> None:
    enqueue(world, "a", "b")

    completed = complete(world, claim(world, limit=1), after(seconds=2))

    assert completed == 1
    assert message(world, "a", "state, claimed_by, finished_at") == ("done", None, after(seconds=2))
    assert message(world, "b", "state, finished_at") == ("pending", None)


def test_saying_it_twice_changes_nothing(world: World) -> None:
    enqueue(world, "a")
    claimed = claim(world)

    assert (complete(world, claimed), complete(world, claimed, after(days=1))) == (1, 0)
    assert message(world, "a", "finished_at") == (after(),)


def test_a_delivery_counts_although_its_claim_was_lost_meanwhile(world: World) -> None:
    enqueue(world, "a")
    slow = claim(world)
    claim(world, after(minutes=1))

    assert complete(world, slow, after(minutes=1)) == 1
    assert claim(world, after(days=1)) == []


def test_a_delivery_counts_although_the_message_was_given_up(world: World) -> None:
    enqueue(world, "a")
    claimed = claim(world)
    fail(world, claimed, is_final=True)

    complete(world, claimed)

    assert message(world, "a", "state") == ("done",)


def test_other_queues_and_unknown_ids_are_left_alone(world: World) -> None:
    enqueue(world, "a")
    (claimed,) = claim(world)

    for queue, ids in (("gossip", [claimed["id"]]), (QUEUE, [claimed["id"] + 1])):
        assert world.value("select internal.complete_messages(%s, %s)", queue, ids) == 0
