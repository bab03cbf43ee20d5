"""Facts: equal exactly when two databases hold the same, however they came to hold it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from toolkit.catalog import Facts, RuntimeFamily, Scope, read_facts
from toolkit.catalog.ddl import Passage, completion, create
from toolkit.catalog.order import creation_order
from toolkit.clones import Database, drop
from toolkit.connect import connect
from toolkit.drift import find_drift
from toolkit.server import Server
from toolkit.server.model import MIGRATOR
from toolkit.settings import Settings
from toolkit.witness import compare_dumps, disagreements, find_pg_dump
from toolkit.witness.dump import parse_dump
from toolkit.witness.program import run_pg_dump

ROOM = Path(__file__).with_name("drift")
SCHEMA = (ROOM / "schema.sql").read_text(encoding="utf-8")
REPRINTS = (ROOM / "reprints.sql").read_text(encoding="utf-8")
# Lines of REPRINTS that the server words anew; were there fewer, the test would prove too little.
PLACES = 20
NOISE = """
create schema noise;
create table noise.a (id serial primary key, b text, c text);
create function noise.f() returns integer language sql as 'select 1';
create type noise.t as enum ('x');
drop schema noise cascade;
"""

MakeDatabase = Callable[[str], Database]


@pytest.fixture
def scope(settings: Settings) -> Scope:
    """What the project declares, and that a dump of a schema fills no materialized view."""
    populated = RuntimeFamily("restoring", kind="materialized view", attribute="populated")
    return replace(Scope.of(settings), runtime=(populated,))


@pytest.fixture
def make_database(server: Server) -> Iterator[MakeDatabase]:
    """Make databases with nothing in them but what initdb made, and drop them afterwards."""
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:

        def make(name: str) -> Database:
            admin.execute(
                sql.SQL("create database {} template template0 owner {}").format(
                    sql.Identifier(name), sql.Identifier(MIGRATOR)
                )
            )
            stack.callback(drop, server, name)
            return Database(name, server.url(name), server.admin_url(name))

        yield make


def test_other_oids_make_no_difference(make_database: MakeDatabase, scope: Scope) -> None:
    first, second = make_database("oids_one"), make_database("oids_two")
    _run(first, SCHEMA)

    _run(second, NOISE + SCHEMA)

    assert _facts(first, scope).objects == _facts(second, scope).objects
    assert _facts(first, scope).fingerprint == _facts(second, scope).fingerprint


def test_a_restored_dump_has_the_same_facts(
    make_database: MakeDatabase, server: Server, settings: Settings, scope: Scope
) -> None:
    source, copy = make_database("dump_source"), make_database("dump_copy")
    _run(source, SCHEMA)
    program = find_pg_dump(server.major, settings.pg_bin)

    _restore(run_pg_dump(program, source.url), copy, program.with_name("psql"))

    assert find_drift(_facts(source, scope), _facts(copy, scope)) == ()
    assert _facts(source, scope).objects == _facts(copy, scope).objects


def test_a_restored_dump_has_the_same_facts_where_its_words_are_printed_anew(
    make_database: MakeDatabase, server: Server, settings: Settings, scope: Scope
) -> None:
    source, copy = make_database("reprints_source"), make_database("reprints_copy")
    _run(source, REPRINTS)
    program = find_pg_dump(server.major, settings.pg_bin)
    dump = run_pg_dump(program, source.url)

    _restore(dump, copy, program.with_name("psql"))

    again = run_pg_dump(program, copy.url)
    assert _words_printed_anew(dump, again) > PLACES
    assert find_drift(_facts(source, scope), _facts(copy, scope)) == ()
    assert _facts(source, scope).fingerprint == _facts(copy, scope).fingerprint
    assert compare_dumps(parse_dump(dump), parse_dump(again)) == ()
    assert disagreements(_facts(source, scope), parse_dump(dump)) == ()


@pytest.mark.parametrize("schema", [SCHEMA, REPRINTS], ids=["everything", "reprints"])
def test_statements_written_from_facts_make_a_database_with_the_same_facts(
    make_database: MakeDatabase, scope: Scope, schema: str
) -> None:
    source, built = make_database("built_source"), make_database("built_copy")
    _run(source, schema)
    wanted = _facts(source, scope)

    _build(wanted, built, scope)

    assert find_drift(wanted, _facts(built, scope)) == ()
    assert wanted.fingerprint == _facts(built, scope).fingerprint


def test_the_order_in_which_things_were_made_and_granted_makes_no_difference(
    make_database: MakeDatabase, scope: Scope
) -> None:
    first, second = make_database("order_one"), make_database("order_two")
    parts = [
        "create table a (id integer primary key)",
        "create function f() returns integer language sql as 'select 1'",
        "create view v as select 1 as one",
        "create type t as enum ('x', 'y')",
    ]
    grants = ["grant select on a to anon", "grant select on a to authenticated"]
    revoked = [
        "revoke execute on function f() from public",
        "grant execute on function f() to public",
    ]

    _run(first, ";".join([*parts, *grants]))
    _run(second, ";".join([*reversed(parts), *reversed(grants), *revoked]))

    assert _facts(first, scope).objects == _facts(second, scope).objects


def _words_printed_anew(dump: str, again: str) -> int:
    """Count the lines of a dump that its copy does not have, but for what pg_dump makes up."""
    had, has = (
        {line for line in text.splitlines() if "restrict" not in line} for text in (dump, again)
    )
    return len(had - has)


def _run(database: Database, statements: str) -> None:
    with connect(database.url) as connection:
        connection.execute(statements.encode())


def _facts(database: Database, scope: Scope) -> Facts:
    with connect(database.url) as connection:
        return read_facts(connection, scope)


def _restore(dump: str, database: Database, psql: Path) -> None:
    finished = subprocess.run(
        [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={database.url}"],
        input=dump,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def _build(wanted: Facts, database: Database, scope: Scope) -> None:
    """Make everything in an empty database, from facts alone."""
    present = _facts(database, scope)
    passage = Passage(present=present, wanted=wanted)
    made = set(present.own)
    with connect(database.url) as connection:
        for fact in creation_order(wanted.objects.values()):
            if fact.identity in present.own:
                continue
            for statement in create(fact, passage, within=fact.parent in made):
                connection.execute(statement.encode())
            made.add(fact.identity)
        for statement in completion(wanted.objects.values()):
            connection.execute(statement.encode())
