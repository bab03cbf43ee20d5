"""internal.fail_messages(): later and later, and dead with a reason in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.queues import after, claim, enqueue, fail, message, set_patience

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_failed_message_is_due_again_after_its_delay(world: World) -> None:
    set_patience(world, first_retry_after="10 seconds")
    enqueue(world, "a")

    dead = fail(world, claim(world), after(seconds=1), reason="the mailer is down")

    assert dead == 0
    assert message(world, "a") == ("pending", 1, "the mailer is down")
    assert claim(world, after(seconds=5.9)) == []
    assert [found["attempt"] for found in claim(world, after(seconds=11))] == [2]


def test_after_as_many_attempts_as_the_queue_allows_it_is_dead(world: World) -> None:
    set_patience(world, max_attempts=3)
    enqueue(world, "a")

    dead = [fail(world, claim(world, after(hours=now)), after(hours=now)) for now in (0, 2, 4)]

    assert dead == [0, 0, 1]
    assert message(world, "a", "state, attempts, last_error, claimed_by, finished_at") == (
        "dead", 3, "no", None, after(hours=4),
    )  # fmt: skip
    assert claim(world, after(days=9)) == []


def test_what_can_never_succeed_is_dead_at_once(world: World) -> None:
    enqueue(world, "a", "b")

    assert fail(world, claim(world, limit=1), is_final=True, reason="no such address") == 1
    assert message(world, "a") == ("dead", 1, "no such address")
    assert message(world, "b", "state") == ("pending",)


def test_a_lost_claim_says_nothing_any_more(world: World) -> None:
    enqueue(world, "a")
    slow = claim(world)
    fast = claim(world, after(minutes=1))

    assert fail(world, slow, after(minutes=1), is_final=True) == 0
    assert message(world, "a", "state, claimed_by") == ("pending", "tester")
    assert fail(world, fast, after(minutes=1), is_final=True) == 1


def test_an_answer_counts_once(world: World) -> None:
    enqueue(world, "a")
    claimed = claim(world)
    fail(world, claimed)

    assert fail(world, claimed, is_final=True) == 0
    assert message(world, "a", "state") == ("pending",)


@pytest.mark.parametrize(("reason", "kept"), [(None, "no reason given"), ("x" * 3000, "x" * 2000)])
def test_any_reason_is_kept_as_far_as_it_goes(world: World, reason: str | None, kept: str) -> None:
    enqueue(world, "a")

    fail(world, claim(world), reason=reason)

    assert message(world, "a", "last_error") == (kept,)
