"""internal.enqueue_messages(): once per dedup key, in the transaction that is the reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from psycopg import IntegrityError
from psycopg.errors import InsufficientPrivilege
from psycopg.types.json import Jsonb

from tests.database.queues import QUEUE, claim, enqueue, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World


def test_the_same_key_is_the_same_message(world: World) -> None:
    first = enqueue(world, "a", "b", "a")
    second = enqueue(world, "b", "c")

    assert (first, second) == (2, 1)
    assert world.value("select count(*) from internal.notification_queue") == 3


def test_a_finished_message_still_keeps_its_key(world: World) -> None:
    enqueue(world, "a")
    world.run("update internal.messages set state = 'done', finished_at = now()")

    assert enqueue(world, "a") == 0


def test_without_a_key_every_message_is_a_new_one(world: World) -> None:
    messages = Jsonb([{"kind": "hello"}, {"kind": "hello"}])

    added = world.value("select internal.enqueue_messages(%s, %s)", QUEUE, messages)

    assert added == 2
    assert world.value("select count(distinct dedup_key) from internal.messages") == 2


def test_a_message_is_what_was_said(world: World) -> None:
    user_id = world.sign_up()

    enqueue(world, "a", user_id=str(user_id), kind="weekly_digest", payload={"week": 9})

    assert message(world, "a", "user_id, kind, payload, state, attempts, claimed_by") == (
        user_id, "weekly_digest", {"week": 9}, "pending", 0, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("queue", "wrong", "constraint"),
    [
        ("gossip", {}, None),
        (QUEUE, {"kind": "Not a word"}, "messages_kind_check"),
        (QUEUE, {"payload": [1]}, "messages_payload_check"),
        (QUEUE, {"payload": {"a": "b" * 16384}}, "messages_payload_check"),
        (QUEUE, {"dedup_key": "k" * 201}, "messages_dedup_key_check"),
    ],
)
def test_what_no_worker_could_use_is_refused(
    world: World, queue: str, wrong: dict[str, object], constraint: str | None
) -> None:
    with pytest.raises(IntegrityError) as refused, world.connection.transaction():
        world.run(
            "select internal.enqueue_messages(%s, %s)", queue, Jsonb([{"kind": "hello", **wrong}])
        )

    assert (refused.value.sqlstate, refused.value.diag.constraint_name) == ("23514", constraint)


def test_two_callers_with_the_same_keys_in_any_order_do_not_deadlock(
    open_world: Callable[[], World],
) -> None:
    keys = [str(number) for number in range(50)]
    first, second = open_world(), open_world()

    for _ in range(5):
        first.run("truncate internal.messages")
        with ThreadPoolExecutor(2) as pool:
            there = pool.submit(enqueue, first, *keys)
            back = pool.submit(enqueue, second, *reversed(keys))

        assert there.result() + back.result() == 50


def test_a_message_is_not_there_before_its_reason_is(open_world: Callable[[], World]) -> None:
    writer, worker = open_world(), open_world()

    with writer.connection.transaction():
        enqueue(writer, "a")
        seen_before = claim(worker)

    assert (seen_before, [found["key"] for found in claim(worker)]) == ([], ["a"])


@pytest.mark.parametrize("role", ["hephaitos_worker", "hephaitos_api", "service_role"])
def test_who_delivers_or_calls_does_not_enqueue(world: World, role: str) -> None:
    with world.acting_as(role), pytest.raises(InsufficientPrivilege):
        enqueue(world, "a")
