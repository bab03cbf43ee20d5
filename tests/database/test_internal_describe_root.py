"""internal.describe_root(): the table that a partition is a part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_partition_of_a_partition_is_a_part_of_the_table_at_the_root(world: World) -> None:
    world.run("create schema shop")
    world.run("create table shop.sales (id int, kind int) partition by range (id)")
    world.run(
        "create table public.early partition of shop.sales for values from (0) to (9) "
        "partition by range (kind)"
    )
    world.run("create table public.first partition of public.early for values from (0) to (5)")

    described = "select table_schema, table_name from internal.describe_root(%s::regclass)"

    assert world.rows(described, "public.first") == [("shop", "sales")]
    assert world.rows(described, "public.early") == [("shop", "sales")]


def test_a_table_without_partitions_is_a_part_of_nothing(world: World) -> None:
    assert world.rows("select from internal.describe_root('public.profiles'::regclass)") == []
