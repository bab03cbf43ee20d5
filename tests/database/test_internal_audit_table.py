"""internal.audit_table(): one line, and every change of a table is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import DatabaseError

from tests.database.audited import AUDITED, RECORDED_AT_INSERT

if TYPE_CHECKING:
    from tests.database.conftest import World

TRIGGERS = """
    select tgname, tgenabled, pg_get_triggerdef(oid) from pg_catalog.pg_trigger
    where tgrelid = %s::regclass and tgname ~ '^t10_record_' order by tgname
"""


@pytest.mark.parametrize("table", AUDITED)
def test_it_makes_what_the_files_of_sql_make(world: World, table: str) -> None:
    declared = world.rows(TRIGGERS, f"public.{table}")
    for name, _, _ in declared:
        world.run(f"drop trigger {name} on public.{table}")

    world.run(
        "select internal.audit_table(%s, p_owner => %s, p_inserts => %s)",
        f"public.{table}",
        "id" if table == "profiles" else "user_id",
        table in RECORDED_AT_INSERT,
    )

    assert world.rows(TRIGGERS, f"public.{table}") == declared
    assert {enabled for _, enabled, _ in declared} == {"A"}
    assert len(declared) == (4 if table in RECORDED_AT_INSERT else 3)


def test_again_it_reaches_what_came_since_and_undoes_what_was_switched_off(world: World) -> None:
    world.run("create table public.toy (id int primary key) partition by range (id)")
    world.run("select internal.audit_table('public.toy')")
    world.run("create table public.toy_one partition of public.toy default")
    world.run("alter table public.toy disable trigger t10_record_delete")

    world.run("select internal.audit_table('public.toy')")

    for relation in ("public.toy", "public.toy_one"):
        assert [row[1] for row in world.rows(TRIGGERS, relation)] == ["A"] * 4


def test_inserts_can_be_left_to_whoever_records_the_parent(world: World) -> None:
    world.run("create table public.toy (id int primary key)")
    world.run("select internal.audit_table('public.toy')")

    world.run("select internal.audit_table('public.toy', p_inserts => false)")

    assert [row[0] for row in world.rows(TRIGGERS, "public.toy")] == [
        "t10_record_delete",
        "t10_record_truncate",
        "t10_record_update",
    ]


@pytest.mark.parametrize(
    ("columns", "redacted", "code"),
    [
        ("id int", "{}", "42P16"),
        ("a int, b int, c int, d int, e int, primary key (a, b, c, d, e)", "{}", "42P16"),
        ("id int primary key", "{secret}", "42703"),
        ("id int primary key, secret text", "{id,secret}", "42P10"),
    ],
)
def test_a_table_that_cannot_be_recorded_is_refused(
    world: World, columns: str, redacted: str, code: str
) -> None:
    world.run(f"create table public.toy ({columns})")

    with pytest.raises(DatabaseError) as refused:
        world.run("select internal.audit_table('public.toy', p_redacted => %s)", redacted)

    assert refused.value.sqlstate == code
    assert refused.value.diag.message_hint


def test_names_that_need_quotes_are_quoted(world: World) -> None:
    world.run('create table public."Odd, table" ("a, b" int, "c""d" text, "e\'f" text, '
              'primary key ("a, b", "c""d"))')  # fmt: skip
    world.run("""select internal.audit_table('public."Odd, table"', p_redacted => '{e''f}')""")

    world.run("""insert into public."Odd, table" values (1, 'x', 'y')""")

    assert world.rows("select table_name, record_key, new_row from audit.changes") == [
        ("Odd, table", {"a, b": 1, 'c"d': "x"}, {"a, b": 1, 'c"d': "x"})
    ]
