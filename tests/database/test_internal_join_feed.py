"""internal.join_feed(): what is loaded afterwards and what is read make a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import CheckViolation

from tests.database.feed_consumer import settle

if TYPE_CHECKING:
    from tests.database.conftest import World

READ = "select record_key ->> 'id' from internal.read_changes('tester')"


def test_what_was_open_when_it_joined_is_in_the_feed(open_world: Callable[[], World]) -> None:
    writer, world = open_world(), open_world()
    before = world.sign_up()
    with writer.connection.transaction():
        during = writer.sign_up()
        world.run("select internal.join_feed('tester')")
        loaded = {row[0] for row in world.rows("select id from public.profiles")}

    settle(world.connection)
    fed = {row[0] for row in world.rows(READ)}
    assert loaded == {before}
    assert str(during) in fed


def test_from_the_start_is_everything_there_is(open_world: Callable[[], World]) -> None:
    world = open_world()
    ada = world.sign_up()
    settle(world.connection)

    world.run("select internal.join_feed('tester', p_from_start => true)")

    assert world.rows(READ) == [(str(ada),)]


def test_joining_again_begins_again(open_world: Callable[[], World]) -> None:
    world = open_world()
    world.run("select internal.join_feed('tester')")
    world.sign_up()
    settle(world.connection)

    world.run("select internal.join_feed('tester')")

    assert world.rows(READ) == []


def test_a_name_is_a_word(world: World) -> None:
    with pytest.raises(CheckViolation):
        world.run("select internal.join_feed('My Consumer')")
