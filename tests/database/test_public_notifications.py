"""public.notifications: a message is sent once, and its reader may do no more than read it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


def test_the_same_key_to_the_same_user_is_the_same_message(world: World, ada: UUID) -> None:
    world.notification(ada, dedup_key="week 47")
    world.notification(world.sign_up(), dedup_key="week 47")

    violated = world.violated(
        "insert into public.notifications (user_id, kind, title, dedup_key)"
        " values (%s, 'weekly_digest', 'again', 'week 47')",
        ada,
    )

    assert violated == "notifications_user_id_dedup_key_key"


def test_nothing_was_read_before_it_was_written(world: World, ada: UUID) -> None:
    violated = world.violated(
        """
        insert into public.notifications (user_id, kind, title, created_at, read_at)
        values (%s, 'hello', 'Hello', '2026-01-02', '2026-01-01')
        """,
        ada,
    )

    assert violated == "notifications_read_at_check"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("kind = 'Job Completed'", "notifications_kind_check"),
        ("kind = repeat('a', 51)", "notifications_kind_check"),
        ("title = ''", "notifications_title_check"),
        ("title = repeat('a', 201)", "notifications_title_check"),
        ("body = ''", "notifications_body_check"),
        ("body = repeat('a', 5001)", "notifications_body_check"),
        ("data = '[]'", "notifications_data_check"),
        ("data = jsonb_build_object('a', repeat('a', 16384))", "notifications_data_check"),
        ("dedup_key = ''", "notifications_dedup_key_check"),
        ("dedup_key = repeat('a', 201)", "notifications_dedup_key_check"),
        ("user_id = gen_random_uuid()", "notifications_user_id_fkey"),
    ],
)
def test_impossible_notifications_are_refused(
    world: World, ada: UUID, wrong: str, constraint: str
) -> None:
    message = world.notification(ada)

    violated = world.violated(f"update public.notifications set {wrong} where id = %s", message)

    assert violated == constraint


def test_its_reader_marks_it_as_read_and_may_throw_it_away(world: World, ada: UUID) -> None:
    world.notification(ada)

    with world.acting_as("authenticated", ada):
        read = world.run("update public.notifications set read_at = now()")
        removed = world.run("delete from public.notifications")

    assert (read, removed) == (1, 1)


@pytest.mark.parametrize("column", ["title", "body", "kind", "data", "dedup_key", "created_at"])
def test_its_reader_cannot_change_what_it_says(world: World, ada: UUID, column: str) -> None:
    world.notification(ada)

    with world.acting_as("authenticated", ada), pytest.raises(InsufficientPrivilege):
        world.run(f"update public.notifications set {column} = {column}")


def test_nobody_but_services_sends_one(world: World, ada: UUID) -> None:
    statement = (
        "insert into public.notifications (user_id, kind, title) values (%s, 'hello', 'Hello')"
    )

    with world.acting_as("authenticated", ada), pytest.raises(InsufficientPrivilege):
        world.run(statement, ada)
    with world.acting_as("service_role"):
        assert world.run(statement, ada) == 1


def test_they_go_with_the_user(world: World, ada: UUID) -> None:
    world.notification(ada)

    world.run("delete from auth.users where id = %s", ada)

    assert world.value("select count(*) from public.notifications where user_id = %s", ada) == 0
