"""internal.claim_messages(): a message is with one worker at a time, and never lost with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.database.queues import QUEUE, after, claim, complete, enqueue, message, set_patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World


def test_the_longest_due_comes_first_and_no_more_than_asked_for(world: World) -> None:
    enqueue(world, "late", ready_at=after(seconds=2))
    enqueue(world, "early", ready_at=after(seconds=1))
    enqueue(world, "not yet", ready_at=after(seconds=9))

    first = claim(world, after(seconds=5), limit=1)
    second = claim(world, after(seconds=5))

    assert [found["key"] for found in first + second] == ["early", "late"]


def test_a_claimed_message_is_nobody_elses_until_its_time_is_up(world: World) -> None:
    enqueue(world, "a")

    claims = [claim(world, after(seconds=now)) for now in (0, 29.9, 30)]

    assert [[(found["key"], found["attempt"]) for found in taken] for taken in claims] == [
        [("a", 1)],
        [],
        [("a", 2)],
    ]


def test_a_claim_says_who_holds_it(world: World) -> None:
    enqueue(world, "a")
    claim(world)

    assert message(world, "a", "state, claimed_by, attempts") == ("pending", "tester", 1)


def test_a_message_that_kills_its_workers_is_dead_in_the_end(world: World) -> None:
    set_patience(world, max_attempts=2)
    enqueue(world, "poison")

    taken = [claim(world, after(minutes=now)) for now in range(4)]

    assert [len(found) for found in taken] == [1, 1, 0, 0]
    assert message(world, "poison") == ("dead", 2, "claimed 2 times and never answered for")


def test_a_poisoned_message_does_not_take_a_place_for_ever(world: World) -> None:
    set_patience(world, max_attempts=1)
    enqueue(world, "poison")
    claim(world)
    enqueue(world, "good", ready_at=after(seconds=40))

    taken = [claim(world, after(minutes=now), limit=1) for now in (1, 2)]

    assert [[found["key"] for found in part] for part in taken] == [[], ["good"]]


def test_claims_at_the_same_time_take_different_messages_and_do_not_wait(
    open_world: Callable[[], World],
) -> None:
    first, second = open_world(), open_world()
    enqueue(first, *"abcdef")
    second.run("set lock_timeout = '100ms'")

    with first.connection.transaction():
        mine = claim(first, limit=4)
        yours = claim(second, limit=4)

    assert len(mine) == 4
    assert {found["key"] for found in mine + yours} == set("abcdef")
    assert len(yours) == 2


def test_a_done_message_is_never_claimed(world: World) -> None:
    enqueue(world, "a")
    complete(world, claim(world))

    assert claim(world, after(days=365)) == []


def test_without_a_time_the_clock_counts_and_not_the_transaction(world: World) -> None:
    world.run("select pg_sleep(0.001)")
    world.run('select internal.enqueue_messages(%s, \'[{"kind": "hello"}]\')', QUEUE)
    world.run("select from internal.claim_messages(%s, 1)", QUEUE)

    due = world.value("select ready_at from internal.messages")
    assert timedelta(seconds=29) < due - datetime.now(UTC) < timedelta(seconds=31)


def test_a_claim_reads_what_is_due_and_nothing_else(world: World) -> None:
    world.run(
        """
        insert into internal.messages (queue, dedup_key, kind, state, finished_at, ready_at)
        select 'notifications', number::text, 'hello', 'done', now(), '2026-01-01'
        from generate_series(1, 5000) as number
        """
    )
    enqueue(world, *"abc")
    world.run("analyze internal.messages")

    plan = world.rows(
        """
        explain select messages.id from internal.messages
        where queue = 'notifications' and state = 'pending' and ready_at <= now()
        order by ready_at, id limit 10 for update skip locked
        """
    )

    assert "ready_at_id_idx" in str(plan)


def test_only_workers_claim(world: World) -> None:
    enqueue(world, "a")

    with world.acting_as("hephaitos_worker"):
        assert len(claim(world)) == 1
        with pytest.raises(InsufficientPrivilege):
            world.run("select from internal.messages")
    for role in ("service_role", "hephaitos_api"):
        with world.acting_as(role), pytest.raises(InsufficientPrivilege):
            claim(world)
