"""The guard over bodies: what a function names is not taken away under it, on the target either."""

import logging
from collections.abc import Callable

import pytest

from tests.migrations.projects import SmallProject
from toolkit.bodies import can_read_plpgsql
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner import RunOptions, current_revision, downgrade, late_bound, upgrade
from toolkit.runner.late_bound import BodiesBroken

GATED = RunOptions()
ITEMS = "create table public.items (id int primary key, note text, more text);"
PLPGSQL = """create function public.read_note(p_id int) returns text
language plpgsql set search_path = '' as $$
begin
    return (select items.note from public.items where items.id = p_id);
end $$;"""
SQL = """create function public.list_notes() returns setof text
language sql set search_path = '' as 'select items.note from public.items';"""
DROP = "alter table public.items drop column note;"
RENAME = "alter table public.items rename column note to remark;"
UNDO = "drop function public.read_note(int);"
UNDO_SQL = "drop function public.list_notes();"


@pytest.fixture
def build(project: SmallProject, pristine_database: Database) -> Callable[..., Database]:
    """Make a history of a table, functions and one more step; apply all but that."""

    def build(function: str, undo: str, step: str, back: str = "select 1;") -> Database:
        project.add(ITEMS, "drop table public.items;")
        project.add(function, undo)
        upgrade(project.root, pristine_database.url)
        project.add(step, back)
        return pristine_database

    return build


@pytest.mark.parametrize("step", [DROP, RENAME])
def test_a_column_that_only_a_plpgsql_body_uses_is_not_taken_away(
    project: SmallProject, build: Callable[..., Database], step: str
) -> None:
    database = build(PLPGSQL, UNDO, step)
    _skip_without_plpgsql_check(database)

    with pytest.raises(BodiesBroken) as refused:
        upgrade(project.root, database.url, options=GATED)

    assert refused.value.message == "revision 0003 takes away what public.read_note(integer) uses"
    assert "public.read_note(integer) line 3: column items.note" in refused.value.detail
    assert current_revision(database.url) == "0002"
    with connect(database.url) as connection:
        assert connection.execute("select note from public.items").fetchall() == []


def test_a_body_of_sql_kept_as_text_is_read_on_every_server(
    project: SmallProject, build: Callable[..., Database]
) -> None:
    database = build(SQL, UNDO_SQL, DROP)

    with pytest.raises(BodiesBroken, match=r"takes away what public\.list_notes\(\) uses"):
        upgrade(project.root, database.url, options=GATED)

    assert current_revision(database.url) == "0002"
    upgrade(project.root, database.url, options=RunOptions(fingerprint=False))
    assert current_revision(database.url) == "0003"


def test_a_step_that_replaces_the_body_or_that_only_comes_across_a_broken_one_goes_through(
    project: SmallProject, build: Callable[..., Database]
) -> None:
    replaced = SQL.replace("create function", "create or replace function")
    database = build(SQL, UNDO_SQL, f"{replaced.replace('items.note', 'items.more')}\n{DROP}")
    upgrade(project.root, database.url, options=GATED)
    with connect(database.url) as connection:
        connection.execute("alter table public.items rename more to less")
    project.add("alter table public.items drop column id;", "select 1;")

    upgrade(project.root, database.url, options=GATED)

    assert current_revision(database.url) == "0004"


def test_the_first_revision_may_take_something_away(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add(f"{ITEMS}\n{SQL}\n{UNDO_SQL}\n{DROP}", "drop table public.items;")

    upgrade(project.root, pristine_database.url, options=GATED)

    assert current_revision(pristine_database.url) == "0001"


def test_the_way_back_is_never_closed(
    project: SmallProject, build: Callable[..., Database]
) -> None:
    database = build(SQL, UNDO_SQL, "select 1;", DROP)
    upgrade(project.root, database.url, options=GATED)

    downgrade(project.root, database.url, "0002", options=GATED)

    assert current_revision(database.url) == "0002"


def test_where_nobody_can_read_plpgsql_it_is_said(
    project: SmallProject,
    build: Callable[..., Database],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("toolkit.bodies.EXTENSION", "an extension that nobody has")
    caplog.set_level(logging.INFO)
    database = build(PLPGSQL, UNDO, DROP)

    upgrade(project.root, database.url, options=GATED)

    assert "revision 0003 takes something away, and bodies of PL/pgSQL are not read" in caplog.text


def test_a_role_that_may_not_read_plpgsql_is_told_and_not_stopped(
    project: SmallProject, build: Callable[..., Database], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    database = build(PLPGSQL, UNDO, DROP)
    _skip_without_plpgsql_check(database)
    with connect(database.admin_url) as admin:
        admin.execute("revoke execute on all functions in schema extensions from public, migrator")

    upgrade(project.root, database.url, options=GATED)

    assert "bodies of PL/pgSQL are not read: permission denied for function" in caplog.text
    assert current_revision(database.url) == "0003"


@pytest.mark.parametrize(
    ("statement", "takes_away"),
    [
        ("drop table a.b", True),
        ("DROP FUNCTION a.b()", True),
        ("alter table a.b\n    drop note", True),
        ("alter table a.b drop column if exists note", True),
        ("alter table a.b alter column c type text", True),
        ("alter function a.b() rename to c", True),
        ("alter view a.b set schema c", True),
        ("drop trigger t10_note on a.b", False),
        ("drop index a.b", False),
        ("alter table a.b drop  constraint c", False),
        ("alter table a.b alter column c drop not null", False),
        ("alter default privileges in schema a revoke usage on types from c", False),
        ("alter function a.b() owner to c", False),
        ("create table a.b (type text)", False),
    ],
)
def test_bodies_are_read_for_what_could_break_them(statement: str, *, takes_away: bool) -> None:
    assert bool(late_bound._TAKES_AWAY.match(statement)) == takes_away


def _skip_without_plpgsql_check(database: Database) -> None:
    with connect(database.url) as connection:
        if not can_read_plpgsql(connection):
            pytest.skip("this server has no plpgsql_check: bodies of PL/pgSQL cannot be read")
