"""Reading facts: a fixed number of statements, nothing changed, nothing left behind."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from toolkit.catalog import Identity, Kind, Origin, Scope, read_facts
from toolkit.catalog.names import quoted
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.settings import Settings

# A promise: however many objects, so many statements, transaction control included.
MOST_STATEMENTS = 9
SCHEMA = (Path(__file__).with_name("drift") / "schema.sql").read_bytes()
CROWD = b"""
do $$
begin
    for number in 1..200 loop
        execute format('create function public.f%s() returns int return 1', number);
        execute format('create table public.t%s (id int primary key, note text)', number);
    end loop;
end
$$
"""


@pytest.fixture
def reader(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator to a database of the test's own."""
    with connect(pristine_database.url) as connection:
        yield connection


def test_the_number_of_statements_does_not_grow(reader: Connection) -> None:
    few = _statements(reader)

    reader.execute(CROWD)

    assert _statements(reader) == few
    assert few <= MOST_STATEMENTS


def test_it_is_one_read_only_snapshot(reader: Connection) -> None:
    (begin,) = [line for line in _trace(reader) if _is_sent(line) and '"BEGIN ' in line]

    assert "ISOLATION LEVEL REPEATABLE READ READ ONLY" in begin


def test_the_connection_is_left_as_it_was(reader: Connection) -> None:
    reader.execute("set search_path = pg_catalog")

    read_facts(reader)

    assert reader.execute("show search_path").fetchone() == ("pg_catalog",)
    assert reader.isolation_level is None
    assert reader.read_only is None
    assert reader.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_inside_a_transaction_it_sees_what_is_not_committed_and_undoes_its_settings(
    pristine_database: Database,
) -> None:
    with connect(pristine_database.url, autocommit=False) as connection:
        connection.execute("create table public.draft (id integer)")

        facts = read_facts(connection)

        assert Identity(Kind.TABLE, "public", "draft") in facts.own
        assert connection.execute("show search_path").fetchone() != ("",)
        connection.execute("insert into public.draft values (1)")


def test_settings_of_the_session_do_not_change_what_is_read(reader: Connection) -> None:
    reader.execute(SCHEMA)
    plain = read_facts(reader)

    reader.execute(
        "set search_path = works; set quote_all_identifiers = on; set datestyle = 'German';"
        "set timezone = 'Asia/Tokyo'; set intervalstyle = 'iso_8601'; set extra_float_digits = 0"
    )

    assert read_facts(reader).fingerprint == plain.fingerprint


def test_members_of_extensions_are_theirs(reader: Connection) -> None:
    before = read_facts(reader)

    reader.execute("create extension pg_trgm schema public")

    after = read_facts(reader)
    added = after.by_identity.keys() - before.by_identity.keys()
    assert added == {Identity(Kind.EXTENSION, "", "pg_trgm")}
    assert after.own[Identity(Kind.EXTENSION, "", "pg_trgm")].text("version") == "1.6"


def test_the_platforms_objects_are_told_apart(reader: Connection, settings: Settings) -> None:
    facts = read_facts(reader, Scope.of(settings))

    users = facts.by_identity[Identity(Kind.TABLE, "auth", "users")]
    assert users.origin is Origin.FOREIGN
    assert {fact.identity.schema for fact in facts.objects.values()} <= {"", "public"}


def test_needs_are_read_through_bodies_views_and_row_types(reader: Connection) -> None:
    reader.execute(SCHEMA)
    facts = read_facts(reader)

    total_of = facts.own[Identity(Kind.FUNCTION, "works", "total_of", "bigint, numeric")]
    assert Identity(Kind.COLUMN, "works", "orders", "total") in total_of.needs
    rich = facts.own[Identity(Kind.VIEW, "works", "rich")]
    assert Identity(Kind.COLUMN, "works", "orders", "total") in rich.needs
    stamp = facts.own[Identity(Kind.TRIGGER, "works", "people", "t30_stamp")]
    assert Identity(Kind.FUNCTION, "works", "stamp_trigger") in stamp.needs
    balance = facts.own[Identity(Kind.COLUMN, "works", "people", "balance")]
    assert Identity(Kind.DOMAIN, "works", "amount") in balance.needs
    key = facts.own[Identity(Kind.CONSTRAINT, "works", "orders", "orders_person_id_fkey")]
    assert Identity(Kind.COLUMN, "works", "people", "id") in key.needs


def test_unnamed_jobs_with_one_command_are_all_there(reader: Connection) -> None:
    reader.execute("select cron.schedule('1 * * * *', 'select 1')")
    reader.execute("select cron.schedule('2 * * * *', 'select 1')")

    jobs = [fact for fact in read_facts(reader) if fact.identity.kind is Kind.CRON_JOB]

    assert [(job.identity.name, job.text("schedule")) for job in jobs] == [
        ("unnamed 1: select 1", "1 * * * *"),
        ("unnamed 2: select 1", "2 * * * *"),
    ]


def test_names_are_quoted_exactly_as_the_server_quotes_them(reader: Connection) -> None:
    rows = reader.execute(
        """
        select words.name, pg_catalog.quote_ident(words.name)
        from (
            select word as name from pg_catalog.pg_get_keywords()
            union all
            select unnest(array['Plain', 'a b', 'a"b', '1a', '_a', 'a1', 'a$b', 'ü', 'a-b', ''])
        ) as words
        """
    ).fetchall()

    assert [(name, quoted(name)) for name, _ in rows] == rows


def _statements(connection: Connection) -> int:
    return sum(map(_is_sent, _trace(connection)))


def _is_sent(line: str) -> bool:
    """Tell whether a message is a statement."""
    return line.split("\t")[3:4] in (["Query"], ["Parse"])


def _trace(connection: Connection) -> list[str]:
    """Read facts and return what went over the wire, a message a line."""
    with tempfile.TemporaryFile("w+b") as wire:
        connection.pgconn.trace(wire.fileno())
        read_facts(connection)
        connection.pgconn.untrace()
        wire.seek(0)
        return wire.read().decode(errors="replace").splitlines()
