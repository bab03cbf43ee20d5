"""Reviews on a real server: what must be mended is found before anybody applies it."""

import json

import psycopg
import pytest

from benchmarks.dataset import LoadFailed
from tests.migrations.projects import SmallProject
from toolkit.bodies import EXTENSION
from toolkit.cli import review as command
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.errors import HistoryError
from toolkit.review import Packet, review
from toolkit.server import Server, standing
from toolkit.settings import read_settings

MAKE_TABLE = """create table public.things (id integer primary key, note text);
insert into public.things values (1, 'one'), (2, null);"""
TABLE = (MAKE_TABLE, "drop table public.things")
MAKE_READER = """create function public.read_note(wanted integer) returns text language plpgsql
set search_path = '' as $$
begin
    return (select things.note from public.things where things.id = wanted);
end;
$$;"""
READER = (MAKE_READER, "drop function public.read_note(integer)")


ONE = "function public.one()"
USERS = f"""{TABLE[0]}
create table public.gone (id integer);
alter table public.things add column extra text;
create function public.of_column() returns text language plpgsql set search_path = '' as $$
begin
    return (select things.extra from public.things limit 1); end $$;
create function public.one() returns integer language sql return 1;
create function public.of_function() returns integer language plpgsql set search_path = '' as $$
begin return public.one() + 1; end $$;
create function public.of_table() returns bigint language plpgsql set search_path = '' as $$
begin
    return (select count(*) from public.gone); end $$;
create function public.in_trigger() returns trigger language plpgsql set search_path = '' as $$
begin new.note := lower(new.note); return new; end $$;
create trigger t30 before insert on public.things
for each row execute function public.in_trigger();
create function public.in_sql() returns text language sql set search_path = '' as $$
select things.note from public.things limit 1 $$;
"""


@pytest.fixture
def looks_into_bodies(server: Server) -> None:
    if EXTENSION not in server.capabilities.extensions:
        pytest.skip(f"{EXTENSION} is not on this server")


def reviewed(server: Server, project: SmallProject, number: str = "head") -> Packet:
    settings = read_settings(start=project.root, environment={})
    return review(server, settings, number)


def broken(packet: Packet) -> list[tuple[str, int, str, str]]:
    return [(one.function, one.line, one.message, one.cause) for one in packet.late_bound]


@pytest.mark.usefixtures("looks_into_bodies")
def test_whatever_only_a_body_uses_may_neither_go_nor_be_renamed(
    server: Server, project: SmallProject
) -> None:
    project.add(USERS, "select 1")
    project.add(
        "drop function public.one();\n"
        "alter table public.things drop column extra;\n"
        "alter table public.gone rename to moved;\n"
        "alter table public.things rename column note to remark;",
        "create function public.one() returns integer language sql return 1;\n"
        "alter table public.things add column extra text;\n"
        "alter table public.moved rename to gone;\n"
        "alter table public.things rename column remark to note;",
    )

    packet = reviewed(server, project)

    assert broken(packet) == [
        ("public.in_sql()", 0, "column things.note does not exist", "column public.things.note"),
        (
            "public.in_trigger()",
            2,
            'record "new" has no field "note"',
            "column public.things.note",
        ),
        (
            "public.of_column()",
            3,
            "column things.extra does not exist",
            "column public.things.extra",
        ),
        ("public.of_function()", 2, "function public.one() does not exist", ONE),
        ("public.of_table()", 3, 'relation "public.gone" does not exist', "table public.gone"),
    ]
    assert packet.findings[0] == f"breaks a body: {packet.late_bound[0]}"


@pytest.mark.usefixtures("looks_into_bodies")
def test_a_body_that_goes_along_or_was_broken_before_is_nobodys_fault(
    server: Server, project: SmallProject
) -> None:
    project.add(TABLE[0] + READER[0], "select 1")
    project.add(
        "set local check_function_bodies = off;\n"
        "create function public.adrift() returns void language plpgsql\n"
        "as $$ begin perform public.nowhere(); end $$;",
        "drop function public.adrift()",
    )
    project.add(
        "drop function public.read_note(integer); alter table public.things drop column note;",
        f"alter table public.things add column note text;\n{READER[0]}",
    )

    assert reviewed(server, project).late_bound == ()


@pytest.mark.usefixtures("looks_into_bodies")
def test_a_broken_trigger_that_takes_no_data_any_more_is_still_named(
    server: Server, project: SmallProject
) -> None:
    project.add(USERS, "select 1")
    project.add(
        "alter table public.things rename column note to remark",
        "alter table public.things rename column remark to note",
    )

    def fill(_server: Server, database: Database) -> dict[str, int]:
        try:
            with connect(database.url) as connection:
                connection.execute("insert into public.things values (7)")
        except psycopg.errors.UndefinedColumn as error:
            raise LoadFailed("loading broke off", detail=str(error), hint="Mend it.") from error
        return {"public.things": 1}

    packet = review(server, read_settings(start=project.root, environment={}), fill=fill)

    assert "public.in_trigger()" in [one.function for one in packet.late_bound]
    (failure,) = packet.failures
    assert failure.startswith("at the head of history no data goes in: loading broke off; ")


def test_where_bodies_cannot_be_read_it_is_said_with_what_mentions_the_name(
    server: Server, project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.bodies.EXTENSION", "an extension that nobody has")
    project.add(TABLE[0] + READER[0], "select 1")
    project.add(
        "alter table public.things drop column note",
        "alter table public.things add column note text",
    )

    packet = reviewed(server, project)

    assert packet.late_bound == ()
    assert packet.unread
    assert [one for one in packet.up.hazards if "line 3 mentions column public.things.note" in one]


def test_what_a_docstring_does_not_declare_is_a_finding(
    server: Server, project: SmallProject
) -> None:
    project.add(*TABLE)
    project.add(
        "alter table public.things alter id type bigint",
        "alter table public.things alter id type integer",
    )

    packet = reviewed(server, project)

    for direction in ("up", "down"):
        assert [one.partition(",")[0] for one in packet.findings if f"0002.{direction}" in one] == [
            f"0002.{direction}.sql took access exclusive on public.things",
            f"0002.{direction}.sql rewrote public.things",
            f"0002.{direction}.sql read 4 rows of public.things",
        ]


def test_a_way_back_that_does_not_lead_back_is_a_finding(
    server: Server, project: SmallProject
) -> None:
    project.add(
        "create table if not exists public.one (id integer);"
        " create table if not exists public.two ();",
        "drop table public.two",
    )

    found = reviewed(server, project).findings

    assert found == ("the way back does not restore table public.one: extra",)


@pytest.mark.usefixtures("looks_into_bodies")
def test_a_way_back_that_fails_or_is_in_the_way_hides_nothing_of_the_way_up(
    server: Server, project: SmallProject
) -> None:
    project.add(MAKE_TABLE + MAKE_READER, "select 1")
    (only,) = reviewed(server, project).failures
    project.add("alter table public.things drop column note", "drop table public.nowhere")

    packet = reviewed(server, project)

    (failure,) = packet.failures
    assert failure.startswith('0002.down.sql fails: table "nowhere" does not exist; SQLSTATE 42P01')
    assert failure.endswith("line 2: drop table public.nowhere")
    assert [one.cause for one in packet.late_bound] == ["column public.things.note"]
    assert only.startswith('after its way back, 0001.up.sql fails: relation "things" already')


def test_content_that_goes_is_counted_on_either_way(server: Server, project: SmallProject) -> None:
    project.add(*TABLE)
    project.add(
        "create table public.more (id integer); insert into public.more values (1), (2), (3);\n"
        "alter table public.things drop column note; delete from public.things where id = 2;",
        "drop table public.more; alter table public.things add column note text;",
    )

    packet = reviewed(server, project)

    # The clone came from above, where the column's values were gone already.
    assert [(str(one.identity), one.reason, one.rows) for one in packet.up.losses] == [
        ("column public.things.note", "dropped", 0)
    ]
    assert [(str(one.identity), one.reason, one.rows) for one in packet.down.losses] == [
        ("table public.more", "dropped", 3)
    ]
    assert any("changes rows of public.things" in one for one in packet.up.hazards)


def test_a_revision_below_the_head_and_one_outside_a_transaction_are_reviewed(
    server: Server, project: SmallProject
) -> None:
    project.add(*TABLE)
    project.add(
        "-- autocommit\ncreate index concurrently things_note_idx on public.things (note);\n",
        "-- autocommit\ndrop index concurrently public.things_note_idx;\n",
    )
    project.add("create table public.later (id integer)", "drop table public.later")

    packet = reviewed(server, project, "0002")

    assert packet.up.trace.is_autocommit
    assert not [one for one in packet.up.remarks if "in-transaction" in one.rule]
    assert "took share update exclusive on public.things" in packet.findings[0]
    assert [str(one.identity) for one in packet.changes] == ["index public.things_note_idx"]


def test_an_unknown_revision_is_refused(server: Server, project: SmallProject) -> None:
    project.add(*TABLE)

    with pytest.raises(HistoryError, match="no revision 0009"):
        reviewed(server, project, "0009")


def test_the_command_exits_with_2_when_something_has_to_be_mended(
    server: Server,
    project: SmallProject,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project.add(*TABLE)
    project.add(*READER)
    project.add("comment on table public.things is 'x'", "comment on table public.things is null")
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)
    monkeypatch.setattr(standing, "current", lambda _settings: server)

    codes = (
        command.run("0002"),
        command.run("head", form=command.ReviewFormat.JSON),
    )

    page, _, document = capsys.readouterr().out.partition("{\n")
    assert codes == (0, 2)
    assert page.startswith("# Revision 0002: Test 0002.\n\n**Nothing found")
    assert "| function public.read_note(integer) | made |" in page
    assert [one.partition(",")[0] for one in json.loads("{\n" + document)["findings"]] == [
        f"0003.{way}.sql took share update exclusive on public.things" for way in ("up", "down")
    ]


def test_a_database_that_somebody_named_is_left_alone(
    server: Server, project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(server.admin_url("postgres")):
        monkeypatch.setenv("HEPHAITOS_DATABASE_URL", server.url("postgres"))
    monkeypatch.chdir(project.root)

    with pytest.raises(Exception, match="refusing to work beside"):
        command.run()
