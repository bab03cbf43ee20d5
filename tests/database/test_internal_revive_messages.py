"""internal.revive_messages(): what was given up is tried from the first attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.database.queues import QUEUE, after, claim, enqueue, fail, message

if TYPE_CHECKING:
    from tests.database.conftest import World

REVIVE = "select internal.revive_messages(%s, %s::bigint[], %s)"


def test_dead_messages_are_due_again_and_keep_their_reason(world: World) -> None:
    enqueue(world, "a", "b")
    fail(world, claim(world), is_final=True)

    revived = world.value(REVIVE, QUEUE, None, after(hours=1))

    assert revived == 2
    assert message(world, "a") == ("pending", 0, "no")
    assert {found["key"] for found in claim(world, after(hours=1))} == {"a", "b"}


def test_one_may_be_picked_and_only_the_dead_revive(world: World) -> None:
    enqueue(world, "a", "b", "c")
    dead = claim(world, limit=2)
    fail(world, dead, is_final=True)
    ids = world.value("select array_agg(id) from internal.messages where dedup_key <> 'b'")

    assert world.value(REVIVE, QUEUE, ids, after()) == 1
    assert message(world, "b", "state") == ("dead",)


def test_workers_do_not_decide_this(world: World) -> None:
    with world.acting_as("hephaitos_worker"), pytest.raises(InsufficientPrivilege):
        world.value(REVIVE, QUEUE, None, after())
