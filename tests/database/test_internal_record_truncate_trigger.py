"""internal.record_truncate_trigger(): one record a table, under the name of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import FeatureNotSupported

if TYPE_CHECKING:
    from tests.database.conftest import World

RECORDS = "select operation, record_key, old_row, new_row from audit.changes order by seq"


@pytest.fixture
def toy(world: World) -> World:
    """Return a world with an empty audited table of its own."""
    world.run("create table public.toy (id int primary key, word text, secret text)")
    world.run("select internal.audit_table('public.toy')")
    return world


def test_rows_of_a_partition_are_the_tables(world: World) -> None:
    world.run("create table public.toy (id int primary key, word text) partition by range (id)")
    world.run("create table public.toy_low partition of public.toy for values from (0) to (10)")
    # Another order of columns than the table's, and partitions of its own.
    world.run(
        "create table public.toy_high (word text, id int primary key) partition by range (id)"
    )
    world.run("create table public.toy_top partition of public.toy_high default")
    world.run(
        "alter table public.toy attach partition public.toy_high for values from (10) to (20)"
    )
    world.run("select internal.audit_table('public.toy')")

    world.run("insert into public.toy values (1, 'through'), (12, 'through')")
    world.run("insert into public.toy_low values (2, 'straight')")
    world.run("insert into public.toy_top values ('straight', 13)")
    world.run("update public.toy set id = 14 where id = 1")
    world.run("delete from public.toy_high where id = 12")
    for relation in ("public.toy_low", "public.toy"):
        with (
            pytest.raises(FeatureNotSupported, match="its changes are recorded"),
            world.connection.transaction(),
        ):
            world.run(f"truncate {relation}")

    assert world.rows(
        "select table_schema || '.' || table_name, operation, count(*) from audit.changes "
        "group by 1, 2 order by 2"
    ) == [
        ("public.toy", "delete", 2),
        ("public.toy", "insert", 5),
    ]


def test_a_replica_records_as_everybody_does(toy: World) -> None:
    toy.run("set local session_replication_role = replica")
    toy.run("insert into public.toy values (1, 'one', null)")
    toy.run("update public.toy set word = 'two'")
    toy.run("delete from public.toy")
    toy.run("truncate public.toy")

    assert [row[0] for row in toy.rows(RECORDS)] == ["insert", "update", "delete", "truncate"]
