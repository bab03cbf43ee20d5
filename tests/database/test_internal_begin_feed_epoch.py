"""internal.begin_feed_epoch(): after a restore nothing new is missed, and nothing old comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import LockNotAvailable, ObjectNotInPrerequisiteState

from tests.database.feed_consumer import settle

if TYPE_CHECKING:
    from tests.database.conftest import World

READ = "select record_key ->> 'id' from internal.read_changes('tester')"


def test_a_restore_that_turns_transactions_back_is_told_and_survived(
    open_world: Callable[[], World],
) -> None:
    """The record is of a cluster that had come further than this one."""
    world = open_world()
    world.run("select internal.join_feed('tester')")
    world.run(
        "insert into audit.changes (xact_id, table_schema, table_name, operation) "
        "select (pg_current_xact_id()::text::bigint + 1000000)::text::xid8, "
        "'public', 'toys', 'truncate'"
    )
    world.run("update internal.feed_epochs set cluster = 'as it was'")
    with pytest.raises(ObjectNotInPrerequisiteState, match="another cluster"):
        world.rows(READ)

    assert world.value("select internal.begin_feed_epoch()") == 2
    with pytest.raises(ObjectNotInPrerequisiteState, match="begun anew"):
        world.rows(READ)
    world.run("select internal.join_feed('tester', p_from_start => true)")
    ada = world.sign_up()
    settle(world.connection)

    assert world.rows(READ) == [(str(ada),)]


def test_it_waits_for_who_is_writing_and_not_for_ever(open_world: Callable[[], World]) -> None:
    writer, world = open_world(), open_world()
    with writer.connection.transaction(force_rollback=True):
        writer.sign_up()
        world.run("alter function internal.begin_feed_epoch() set lock_timeout = '10ms'")

        with pytest.raises(LockNotAvailable):
            world.run("select internal.begin_feed_epoch()")
