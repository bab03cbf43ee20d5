"""audit.versions_of() and audit.differences: the life of a row, and what each change was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_every_version_of_a_row_oldest_first(world: World) -> None:
    ada = world.sign_up()
    strategy, _other = world.strategy(ada, name="one"), world.strategy(ada, name="other")
    world.run("update public.strategies set name = 'two' where id = %s", strategy)
    world.run("delete from public.strategies where id = %s", strategy)

    versions = world.rows(
        "select operation, row_image ->> 'name', difference -> 'name' "
        "from audit.versions_of('public.strategies', %s)",
        Jsonb({"user_id": str(ada), "id": str(strategy)}),
    )

    assert versions == [
        ("insert", "one", {"old": None, "new": "one"}),
        ("update", "two", {"old": "one", "new": "two"}),
        ("delete", None, {"old": "two", "new": None}),
    ]


def test_versions_are_found_by_index_in_each_month(world: World) -> None:
    world.run("set local enable_seqscan = off")
    plan = str(
        world.rows(
            "explain select * from audit.versions_of('public.profiles', %s)", Jsonb({"id": "x"})
        )
    )

    assert "Seq Scan on changes" not in plan
    assert "jsonb_hash" in plan


def test_a_partition_is_asked_for_as_its_table(world: World) -> None:
    world.run("create table public.toy (id int primary key) partition by range (id)")
    world.run("create table public.toy_all partition of public.toy default")
    world.run("select internal.audit_table('public.toy')")
    world.run("insert into public.toy_all values (1)")

    for relation in ("public.toy", "public.toy_all"):
        assert (
            len(world.rows("select from audit.versions_of(%s, %s)", relation, Jsonb({"id": 1})))
            == 1
        )


def test_a_change_shows_what_differs_and_who_made_it(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada, name="one")
    world.run("select set_config('request.jwt.claim.sub', %s, true)", str(ada))
    world.run("update public.strategies set description = 'x' where id = %s", strategy)

    assert world.rows(
        "select difference - 'updated_at', actor_id from audit.differences "
        "where operation = 'update'"
    ) == [({"description": {"old": None, "new": "x"}}, ada)]


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_no_role_of_the_api_asks(world: World, role: str) -> None:
    for query in (
        "select from audit.differences",
        "select audit.versions_of('public.profiles', '{}')",
    ):
        with world.acting_as(role), pytest.raises(InsufficientPrivilege):
            world.run(query)


def test_who_records_may_ask(world: World) -> None:
    world.sign_up()

    with world.acting_as("hephaitos_internal"):
        assert len(world.rows("select from audit.differences")) == 1
