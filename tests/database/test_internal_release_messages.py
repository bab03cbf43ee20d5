"""internal.release_messages(): given back as if never claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from tests.database.queues import QUEUE, after, claim, enqueue, message

if TYPE_CHECKING:
    from typing import Any

    from tests.database.conftest import World


def release(world: World, claimed: list[dict[str, Any]], seconds: float) -> object:
    return world.value(
        "select internal.release_messages(%s, %s, %s)",
        QUEUE, Jsonb(claimed), after(seconds=seconds),
    )  # fmt: skip


def test_a_released_message_is_due_at_once_and_no_attempt_was_spent(world: World) -> None:
    enqueue(world, "a")

    released = release(world, claim(world), 1)

    assert released == 1
    assert message(world, "a", "attempts, claimed_by, last_error") == (0, None, None)
    assert [found["attempt"] for found in claim(world, after(seconds=1))] == [1]


def test_a_claim_that_was_lost_gives_nothing_back(world: World) -> None:
    enqueue(world, "a")
    slow = claim(world)
    claim(world, after(minutes=1))

    assert release(world, slow, 61) == 0
    assert claim(world, after(seconds=62)) == []
