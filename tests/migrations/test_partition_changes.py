"""The record is cut into months, and made whole again, with every row and the next number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import DatabaseError

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.runner import downgrade, upgrade

PROJECT = Path(__file__).resolve().parents[2]
(REVISION,) = (PROJECT / "migrations" / "versions").glob("*_partition_changes.py")
AFTER = REVISION.name[:4]
BEFORE = f"{int(AFTER) - 1:04d}"
OLD = """
    insert into audit.changes
    (changed_at, table_schema, table_name, operation, record_key, new_row, application_name)
    select
        date_trunc('month', now()) - month * interval '1 month', 'public', 'toys', 'insert',
        jsonb_build_object('id', month), jsonb_build_object('id', month, 'figure', 1.00), 'old'
    from generate_series(0, 5) as month
"""
EVERYTHING = "select * from audit.changes order by seq"
NEXT = """
    insert into audit.changes (table_schema, table_name, operation)
    values ('public', 'toys', 'truncate') returning seq
"""


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    upgrade(PROJECT, pristine_database.url, BEFORE)
    with connect(pristine_database.url) as connection:
        connection.execute(OLD)
        yield connection


def test_rows_and_numbers_survive_both_ways(
    pristine_database: Database, connection: Connection
) -> None:
    seen = [connection.execute(EVERYTHING).fetchall()]
    for step, revision in ((upgrade, AFTER), (downgrade, BEFORE), (upgrade, AFTER)):
        step(PROJECT, pristine_database.url, revision)
        seen.append(connection.execute(EVERYTHING).fetchall())

    assert len(seen[0]) == 6
    assert seen == [seen[0]] * 4
    assert connection.execute(NEXT).fetchone() == (7,)


def test_each_month_lies_in_its_partition(
    pristine_database: Database, connection: Connection
) -> None:
    upgrade(PROJECT, pristine_database.url, AFTER)

    rows = connection.execute(
        "select to_char(changed_at at time zone 'UTC', '\"audit.changes_\"YYYY_MM'), "
        "tableoid::regclass::text from audit.changes"
    ).fetchall()

    assert len(rows) == 6
    assert all(expected == found for expected, found in rows)


def test_nothing_that_was_detached_is_thrown_away(
    pristine_database: Database, connection: Connection
) -> None:
    upgrade(PROJECT, pristine_database.url, AFTER)
    (month,) = connection.execute(
        "select min(tableoid::regclass::text) from audit.changes"
    ).fetchone() or ("",)
    connection.execute(f"alter table audit.changes detach partition {month}".encode())

    with pytest.raises((DatabaseError, ToolkitError), match="detached months"):
        downgrade(PROJECT, pristine_database.url, BEFORE)

    assert connection.execute(f"select count(*) from {month}".encode()).fetchone() == (1,)
