"""hephaitos plan: 0 where all that differs is planned, 2 where something is left to people."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command_line.conftest import Ran, Run
from toolkit import rehearsal
from toolkit.catalog import Facts, Scope, read_facts
from toolkit.cli import plan as plan_command
from toolkit.cli.sides import workshop
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.plan import Action, Plan, make_plan
from toolkit.server import Server, silent, standing
from toolkit.settings import Settings
from toolkit.witness import find_pg_dump

BEFORE = """
    create schema "Depot";
    create table "Depot".items (id integer primary key, price numeric);
    create function "Depot".taxed(price numeric) returns numeric immutable
        language sql return price * 1.2;
    create view "Depot".priced as
        select items.id, "Depot".taxed(items.price)::text as price from "Depot".items;
    grant usage on schema "Depot" to anon;
    grant select on "Depot".priced to anon;
"""
AFTER = """
    drop view "Depot".priced;
    drop function "Depot".taxed(numeric);
    create function "Depot".taxed(price numeric) returns double precision immutable
        language sql return price * 1.2;
    create view "Depot".priced as
        select items.id, "Depot".taxed(items.price)::text as price from "Depot".items;
    comment on view "Depot".priced is 'with tax';
"""


@pytest.fixture
def pair(server: Server, clone_admin: Connection) -> Iterator[tuple[str, str]]:
    """The URLs of two databases between which a function's return type changes."""
    with ExitStack() as stack:
        databases = [
            stack.enter_context(clone(server, "template0", admin=clone_admin)) for _ in range(2)
        ]
        for database, statements in zip(databases, (BEFORE, BEFORE + AFTER), strict=True):
            with connect(database.url) as connection:
                connection.execute(statements.encode())
        yield databases[0].url, databases[1].url


def test_the_sql_runs_in_psql_and_leads_to_the_other_database_and_back(
    run: Run, pair: tuple[str, str], server: Server, settings: Settings
) -> None:
    first, second = pair
    psql = find_pg_dump(server.major, settings.pg_bin).with_name("psql")
    there, back = (
        run("plan", *pair, "--format", "sql"),
        run("plan", *pair, "-f", "sql", "--reverse"),
    )
    assert (there.code, back.code) == (0, 0), there.err + back.err
    began = _fingerprint(first)

    _feed(psql, first, there)
    arrived = _fingerprint(first)
    _feed(psql, first, back)

    assert arrived == _fingerprint(second)
    assert _fingerprint(first) == began
    assert began != arrived


def test_a_person_reads_each_statement_with_its_lock(run: Run, pair: tuple[str, str]) -> None:
    ran = run("plan", *pair)

    assert ran.code == 0, ran.err
    assert '1. detach view "Depot".priced  (access exclusive on "Depot".priced)\n' in ran.out
    assert '    drop function "Depot".taxed(numeric);\n' in ran.out
    assert "; 0 differences left to people\n" in ran.out


def test_what_is_left_to_people_is_named_and_is_a_finding(run: Run, pair: tuple[str, str]) -> None:
    with connect(pair[1]) as connection:
        connection.execute('alter table "Depot".items add column name text')

    text, machine = run("plan", *pair), run("plan", *pair, "--format", "json")

    assert (text.code, machine.code) == (2, 2)
    assert 'not planned: column "Depot".items.name: is missing' in text.out
    document = json.loads(machine.out)
    (left,) = document["unplanned"]
    assert left["object"] == 'column "Depot".items.name'
    assert document["statements"][0].keys() == {"object", "action", "sql", "lock", "hazard"}
    assert document["blind"] == []


def test_two_equal_databases_need_nothing_and_nothing_is_written(
    run: Run, own_database: Database
) -> None:
    read_only = f"{own_database.url}?options=-c%20default_transaction_read_only%3Don"

    ran = run("plan", read_only, read_only)

    assert (ran.code, ran.out) == (0, "nothing differs\n")


def test_what_is_no_side_is_refused(run: Run, own_database: Database) -> None:
    ran = run("plan", own_database.url, "heads")

    assert ran.code == 1
    assert "heads is no side of a plan" in ran.err


def test_head_is_what_history_makes(
    own_database: Database, server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "current", lambda _settings: server)
    with connect(own_database.url) as connection:
        connection.execute("comment on schema internal is 'changed by hand'")
        found = read_facts(connection, Scope.of(settings))

    with workshop(settings, silent) as shop:
        plan = make_plan(found, shop.facts("head"))

    (statement,) = plan.statements
    assert statement.sql.startswith("comment on schema internal is ")
    assert plan.unplanned == ()


def test_a_folder_of_files_is_a_side_tables_and_all(
    server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(standing, "current", lambda _settings: server)
    for name, statements in (("before", BEFORE), ("after", BEFORE + AFTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "depot.sql").write_text(statements, encoding="utf-8")

    with workshop(settings, silent) as shop:
        sides = [shop.facts(str(tmp_path / name)) for name in ("before", "after")]
        shop.rehearse(*sides)

    plan = make_plan(*sides)
    assert 'drop function "Depot".taxed(numeric)' in [one.sql for one in plan.statements]
    assert plan.unplanned == ()


def test_a_plan_is_proven_on_a_copy_before_it_is_printed(
    pair: tuple[str, str],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(standing, "current", lambda _settings: server)

    code = plan_command.run(*pair, form=plan_command.PlanFormat.JSON, prove=True)

    assert code == 0
    assert json.loads(capsys.readouterr().out)["proven"] is True


def test_a_plan_that_leads_elsewhere_is_not_printed(
    pair: tuple[str, str],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(standing, "current", lambda _settings: server)

    def forgetful(before: Facts, after: Facts) -> Plan:
        plan = make_plan(before, after)
        kept = [one for one in plan.statements if one.action is not Action.COMMENT]
        return replace(plan, statements=tuple(kept))

    monkeypatch.setattr(rehearsal, "make_plan", forgetful)

    with pytest.raises(rehearsal.PlanFailed, match="the plan leads elsewhere") as refused:
        plan_command.run(*pair, prove=True)

    assert refused.value.detail == 'what differs: view "Depot".priced'
    assert capsys.readouterr().out == ""


def _feed(psql: object, url: str, script: Ran) -> None:
    subprocess.run(
        [str(psql), "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={url}"],
        input=script.out, text=True, check=True, capture_output=True,
    )  # fmt: skip


def _fingerprint(url: str) -> str:
    with connect(url) as connection:
        return read_facts(connection).fingerprint
