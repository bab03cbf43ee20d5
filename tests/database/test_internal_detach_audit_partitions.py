"""internal.detach_audit_partitions(): old months go, unread ones stay, none is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

DETACH = "select * from internal.detach_audit_partitions('1 year', '2005-03-15Z')"
RECORD = """
    insert into audit.changes (changed_at, table_schema, table_name, operation)
    values ('2004-02-29', 'public', 'toys', 'truncate')
"""


@pytest.fixture
def old(world: World) -> World:
    """Return a world with the months from January to April 2004, and a record in February."""
    world.run("select internal.make_audit_partitions('2004-01-01Z', 3)")
    world.run(RECORD)
    return world


def test_months_that_ended_long_enough_ago_are_detached_once(old: World) -> None:
    assert old.rows(DETACH) == [
        ("changes_2004_01", True, None),
        ("changes_2004_02", True, None),
    ]
    assert old.rows(DETACH) == []
    assert old.value("select count(*) from audit.changes_2004_02") == 1
    assert old.value("select count(*) from audit.changes") == 0


@pytest.mark.parametrize(
    "statement", ["update {} set user_id = null", "delete from {}", "truncate {}"]
)
def test_a_detached_month_is_still_append_only(old: World, statement: str) -> None:
    old.rows(DETACH)

    with pytest.raises(InsufficientPrivilege, match="rewrite"):
        old.run(statement.format("audit.changes_2004_02"))


def test_a_month_that_somebody_has_to_read_stays(old: World) -> None:
    old.run("select internal.join_feed('tester', p_from_start => true)")

    assert old.rows(DETACH) == [
        ("changes_2004_01", True, None),
        ("changes_2004_02", False, "'tester' has not read all of it"),
    ]

    old.run("select internal.join_feed('tester')")
    old.run("update internal.feed_consumers set xact_id = '9223372036854775807'")
    assert old.rows(DETACH) == [("changes_2004_02", True, None)]
