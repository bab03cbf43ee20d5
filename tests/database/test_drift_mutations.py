"""Drift: whatever somebody changes behind history's back is noticed, named once, and curable.

One transaction a mutation, rolled back afterwards: mutations.toml says what is done and what has
to be reported.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database.drift.coverage import mutations
from toolkit.catalog import Scope, read_facts
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.drift import Finding, find_drift
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings

ROOM = Path(__file__).with_name("drift")
MUTATIONS = mutations()
NAMES = [f"{number:03}-{one['covers'][0]}" for number, one in enumerate(MUTATIONS, start=1)]
Names = dict[str, str]
ROLES = {"migrator": b"set local role migrator", "admin": b"reset role"}


@pytest.fixture(scope="module")
def works(server: Server) -> Iterator[Database]:
    """One database with everything that facts know, for mutations that are rolled back."""
    with clone(server, PRISTINE_TEMPLATE) as database:
        with connect(database.url, autocommit=False) as connection:
            connection.execute((ROOM / "schema.sql").read_bytes())
            connection.commit()
        yield database


@pytest.fixture(scope="module")
def names(server: Server, works: Database) -> Iterator[Names]:
    """What braces in a statement stand for; the tablespace is the run's own."""
    name = f"drift_{os.getpid()}"
    with connect(server.admin_url("postgres")) as admin:
        admin.execute("set allow_in_place_tablespaces = on")
        admin.execute(sql.SQL("create tablespace {} location ''").format(sql.Identifier(name)))
        yield {"{database}": works.name, "{tablespace}": name}
        admin.execute(sql.SQL("drop tablespace {}").format(sql.Identifier(name)))


@pytest.fixture
def connection(works: Database) -> Iterator[Connection]:
    """A superuser who acts as migrator, in a transaction that is rolled back."""
    with connect(works.admin_url, autocommit=False) as connection:
        connection.execute(ROLES["migrator"])
        yield connection
        connection.rollback()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=NAMES)
def test_each_change_is_named_exactly_and_its_sql_takes_it_back(
    connection: Connection, names: Names, server: Server, settings: Settings,
    mutation: dict[str, Any],
) -> None:  # fmt: skip
    scope = Scope.of(settings)
    _run(connection, names, mutation.get("given", "select 1"), mutation.get("given_as", "migrator"))
    expected = read_facts(connection, scope)
    if server.major < mutation.get("since", 0):
        with pytest.raises(psycopg.errors.SyntaxError):
            _run(connection, names, mutation["change"], mutation.get("as", "migrator"))
        return

    _run(connection, names, mutation["change"], mutation.get("as", "migrator"))
    findings = find_drift(expected, read_facts(connection, scope))

    assert [_named(finding) for finding in sorted(findings, key=_named)] == mutation["finds"]
    by_hand = {finding.reason for finding in findings if finding.reason}
    assert by_hand == _as_set(mutation.get("by_hand", []))
    _cure(connection, findings, mutation.get("cured_as", "migrator"))
    left = find_drift(expected, read_facts(connection, scope))
    assert {_named(one) for one in left} <= {_named(one) for one in findings if one.reason}


def test_an_untouched_database_has_no_drift(
    connection: Connection, works: Database, settings: Settings
) -> None:
    scope = Scope.of(settings)
    expected = read_facts(connection, scope)

    with connect(works.url) as other:
        found = read_facts(other, scope)

    assert find_drift(expected, found) == ()
    assert found.fingerprint == expected.fingerprint
    assert found.unmodelled == ()


def _as_set(entries: str | list[str]) -> set[str]:
    return {entries} if isinstance(entries, str) else set(entries)


def _named(finding: Finding) -> str:
    return f"{finding.what}: {finding.attribute or finding.difference.change}"


def _run(connection: Connection, names: Names, statements: str, role: str) -> None:
    for placeholder, name in names.items():
        statements = statements.replace(placeholder, name)
    connection.execute(ROLES[role])
    connection.execute(statements.encode())
    connection.execute(ROLES["migrator"])


def _cure(connection: Connection, findings: tuple[Finding, ...], role: str) -> None:
    connection.execute(ROLES[role])
    for finding in findings:
        for statement in finding.statements:
            connection.execute(statement.encode())
    connection.execute(ROLES["migrator"])
