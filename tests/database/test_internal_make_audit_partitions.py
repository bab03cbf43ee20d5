"""internal.make_audit_partitions(): months ahead, however often, and rows astray brought home."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

MAKE = "select internal.make_audit_partitions(%s, %s)"
MONTHS = """
    select relid::text from pg_partition_tree('audit.changes')
    where relid::text ~ '_20[3-9]\\d_' order by 1
"""
RECORD = """
    insert into audit.changes (changed_at, table_schema, table_name, operation)
    values (%s, 'public', 'toys', 'truncate')
"""


def test_this_month_and_those_ahead_are_made_once(world: World) -> None:
    made = [world.value(MAKE, "2031-11-30 23:59Z", 2) for _ in range(2)]

    assert made == [3, 0]
    assert [row[0] for row in world.rows(MONTHS)] == [
        "audit.changes_2031_11",
        "audit.changes_2031_12",
        "audit.changes_2032_01",
    ]


def test_months_begin_in_greenwich_wherever_the_session_is(world: World) -> None:
    world.run("set local timezone = 'Pacific/Kiritimati'")
    world.value(MAKE, "2031-11-30 12:00Z", 0)
    world.run(RECORD, "2031-11-30 23:59:59.999999Z")

    assert world.value("select tableoid::regclass::text from audit.changes") == (
        "audit.changes_2031_11"
    )


def test_a_new_database_has_months_ahead(world: World) -> None:
    assert world.value("select internal.make_audit_partitions()") == 0
    assert world.value("select internal.make_audit_partitions(p_ahead => 4)") == 1


def test_rows_astray_move_to_their_months_and_keep_their_numbers(world: World) -> None:
    for at in ("2031-03-04Z", "2031-05-06Z", "2031-09-09Z"):
        world.run(RECORD, at)
    before = world.rows("select * from audit.changes order by seq")
    assert world.value("select count(*) from audit.changes_default") == 3

    made = world.value(MAKE, "2031-05-07Z", 1)

    assert made == 4
    assert world.rows("select * from audit.changes order by seq") == before
    # Later than the months ahead: still astray, and told of again.
    assert world.value("select count(*) from audit.changes_default") == 1
    assert world.value("select to_regclass('audit.changes_astray')") is None


@pytest.mark.parametrize("writers", [4])
def test_beside_itself_and_beside_writers(open_world: Callable[[], World], writers: int) -> None:
    worlds = [open_world() for _ in range(2 * writers)]

    def write(world: World) -> None:
        for _ in range(20):
            world.sign_up()

    with ThreadPoolExecutor(2 * writers) as pool:
        writing = [pool.submit(write, world) for world in worlds[:writers]]
        made = [
            pool.submit(world.value, MAKE, "2031-01-01Z", 1).result() for world in worlds[writers:]
        ]
        for one in writing:
            one.result()

    assert sorted(made) == [0] * (writers - 1) + [2]
    assert worlds[0].value("select count(*) from audit.changes") == writers * 20
