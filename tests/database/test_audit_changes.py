"""audit.changes: which images there are is what the operation means, and nobody rewrites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import IntegrityError
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

RECORD = """
    insert into audit.changes
    (table_schema, table_name, operation, record_key, old_row, new_row)
    values ('public', 'strategies', %s, %s, %s, %s)
"""
KEY = '{"id": 1}'


@pytest.mark.parametrize(
    ("operation", "key", "old", "new"),
    [
        ("insert", KEY, None, "{}"),
        ("update", KEY, "{}", "{}"),
        ("delete", KEY, "{}", None),
        ("truncate", None, None, None),
    ],
)
def test_every_operation_has_its_images(
    world: World, operation: str, key: str | None, old: str | None, new: str | None
) -> None:
    with world.acting_as("hephaitos_internal"):
        assert world.run(RECORD, operation, key, old, new) == 1


@pytest.mark.parametrize(
    ("operation", "key", "old", "new", "constraint"),
    [
        ("merge", KEY, None, None, "changes_operation_check"),
        ("insert", KEY, "{}", "{}", "changes_old_row_check"),
        ("delete", KEY, None, None, "changes_old_row_check"),
        ("update", KEY, "{}", None, "changes_new_row_check"),
        ("truncate", None, None, "{}", "changes_new_row_check"),
        ("insert", None, None, "{}", "changes_record_key_check"),
        ("truncate", KEY, None, None, "changes_record_key_check"),
    ],
)
def test_impossible_records_are_refused(
    world: World, operation: str, key: str | None, old: str | None, new: str | None, constraint: str
) -> None:
    with pytest.raises(IntegrityError) as refused, world.connection.transaction():
        world.run(RECORD, operation, key, old, new)

    assert refused.value.diag.constraint_name == constraint


def test_who_writes_it_appends_and_nothing_else(world: World) -> None:
    with world.acting_as("hephaitos_internal"):
        world.run(RECORD, "insert", KEY, None, "{}")
    for statement in (
        "update audit.changes set new_row = '{}'",
        "delete from audit.changes",
        "truncate audit.changes",
    ):
        with world.acting_as("hephaitos_internal"), pytest.raises(InsufficientPrivilege):
            world.run(statement)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_no_role_of_the_api_enters(world: World, role: str) -> None:
    with world.acting_as(role), pytest.raises(InsufficientPrivilege, match="schema audit"):
        world.run("select from audit.changes")


def test_records_are_numbered_and_dated_by_themselves(world: World) -> None:
    for _ in range(2):
        world.run(RECORD, "insert", KEY, None, "{}")

    rows = world.rows(
        "select seq, xact_id = pg_current_xact_id(), session_role from audit.changes order by seq"
    )

    (first, *_), (second, *_) = rows
    assert second > first
    assert [row[1:] for row in rows] == [(True, "migrator")] * 2
