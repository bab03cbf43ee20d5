"""internal.record_inserted_rows_trigger(): an image is the row, written one way only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import DatabaseError
from psycopg.errors import CheckViolation

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_images_are_written_alike_whatever_a_session_prefers(world: World) -> None:
    world.run(
        "create table public.toy (at timestamptz primary key, span interval, bytes bytea, "
        "figure float8, during tstzrange)"
    )
    world.run("select internal.audit_table('public.toy')")
    row = "timestamptz '2026-03-04 05:06Z', interval '1 day 02:00', '\\x00ff'::bytea, 0.1::float8"
    for setting in (
        "timezone = 'Asia/Kolkata'",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'sql_standard'",
        "bytea_output = 'escape'",
        "extra_float_digits = -15",
    ):
        world.run(f"set local {setting}")

    world.run(f"insert into public.toy values ({row}, tstzrange('2026-03-04 00:00Z', null))")

    assert world.value("select new_row from audit.changes") == {
        "at": "2026-03-04T05:06:00+00:00",
        "span": "1 day 02:00:00",
        "bytes": "\\x00ff",
        "figure": 0.1,
        "during": '["2026-03-04 00:00:00+00",)',
    }
    assert world.value("show timezone") == "Asia/Kolkata"


def test_types_of_the_callers_session_capture_nothing(world: World) -> None:
    world.run("create domain pg_temp.uuid as text check (value = 'never')")
    world.run("create domain pg_temp.jsonb as text check (value = 'never')")
    world.run("create domain pg_temp.text as varchar check (value = 'never')")

    world.sign_up()
    world.run("update public.profiles set display_name = 'Ada'")

    assert world.value("select count(*) from audit.changes") == 2


def test_one_statement_has_one_time_and_its_rows_one_number_each(world: World) -> None:
    ada = world.sign_up()
    world.run(
        "insert into public.strategies (user_id, name) select %s, 'x' from generate_series(1, 9)",
        ada,
    )

    assert world.rows(
        "select count(*), count(distinct seq), count(distinct changed_at) "
        "from audit.changes where table_name = 'strategies'"
    ) == [(9, 9, 1)]


def test_what_cannot_be_recorded_is_not_done(world: World) -> None:
    """An error in the trigger reaches the writer; nothing is swallowed."""
    world.run("create table public.toy (id int primary key, owner text)")
    world.run("select internal.audit_table('public.toy', p_owner => 'owner')")

    with pytest.raises(DatabaseError, match="uuid"), world.connection.transaction():
        world.run("insert into public.toy values (1, 'nobody')")

    assert world.value("select count(*) from public.toy") == 0


def test_a_trigger_without_a_key_refuses_the_write(world: World) -> None:
    world.run("create table public.toy (id int)")
    world.run(
        "create trigger t10_record_insert after insert on public.toy "
        "referencing new table as new_rows for each statement "
        "execute function internal.record_inserted_rows_trigger()"
    )

    with pytest.raises(CheckViolation) as refused:
        world.run("insert into public.toy values (1)")

    assert refused.value.diag.constraint_name == "changes_new_row_check"
