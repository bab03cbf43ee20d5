"""internal.messages and internal.queues: no state that means nothing, nobody who goes around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.queues import enqueue

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("state = 'lost', finished_at = now()", "messages_state_check"),
        ("attempts = -1", "messages_attempts_check"),
        ("claimed_by = 'me'", "messages_claimed_by_check"),
        ("state = 'dead', finished_at = now()", "messages_last_error_check"),
        ("state = 'done'", "messages_finished_at_check"),
        ("finished_at = now()", "messages_finished_at_check"),
        ("last_error = repeat('a', 2001)", "messages_last_error_check"),
    ],
)
def test_impossible_messages_are_refused(world: World, wrong: str, constraint: str) -> None:
    enqueue(world, "a")

    assert world.violated(f"update internal.messages set {wrong}") == constraint


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("max_attempts = 0", "queues_max_attempts_check"),
        ("first_retry_after = '0'", "queues_first_retry_after_check"),
        ("longest_retry_after = '1 second'", "queues_longest_retry_after_check"),
        ("keep_done_for = '-1 day'", "queues_keep_done_for_check"),
    ],
)
def test_impossible_patience_is_refused(world: World, wrong: str, constraint: str) -> None:
    assert world.violated(f"update internal.queues set {wrong}") == constraint


def test_a_queue_more_is_a_partition_and_a_row(world: World) -> None:
    world.run("create table internal.other partition of internal.messages for values in ('other')")
    world.run("insert into internal.queues (queue) values ('other')")
    enqueue(world, "a")

    added = world.value("select internal.enqueue_messages('other', '[{\"kind\": \"hello\"}]')")
    claimed = world.rows("select kind from internal.claim_messages('other')")

    assert (added, claimed) == (1, [("hello",)])
    assert world.value("select count(*) from internal.notification_queue") == 1


@pytest.mark.parametrize(
    "role", ["anon", "authenticated", "service_role", "hephaitos_api", "hephaitos_worker"]
)
def test_nobody_but_the_functions_touches_messages(world: World, role: str) -> None:
    rights = world.rows(
        """
        select relname, privilege
        from pg_catalog.pg_class,
            unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as privilege
        where
            relname in ('messages', 'notification_queue', 'queues')
            and relnamespace = 'internal'::regnamespace
            and has_table_privilege(%s, pg_class.oid, privilege)
        """,
        role,
    )

    assert rights == []
