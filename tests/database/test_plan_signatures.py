"""Signatures: whatever changes about a function, all that uses it is there afterwards, as it was.

Seven changes under nine kinds of dependents, both ways, in one plan; judged by the facts, which
hold owner, privileges and comment, and by the rows.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from psycopg import sql

from tests.corpus.cases import Case
from tests.corpus.journey import Journey, is_of, travel
from tests.corpus.signatures import DEPENDENTS, SIGNATURES, cells
from toolkit.clones import Database, drop
from toolkit.connect import Connection, connect
from toolkit.server import Server
from toolkit.server.model import MIGRATOR

CELLS = list(cells())


@pytest.fixture(scope="module")
def empty_database(server: Server) -> Iterator[Database]:
    """A database with nothing in it but what initdb made."""
    name = f"plan_signatures_{os.getpid()}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        admin.execute(
            sql.SQL("create database {} template template0 owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(MIGRATOR)
            )
        )
        stack.callback(drop, server, name)
        yield Database(name, server.url(name), server.admin_url(name))


@pytest.fixture(scope="module")
def journey(empty_database: Database) -> Journey:
    """Every cell, there and back in one plan each."""
    return travel(empty_database, [case for case, _ in CELLS], _expect_rows)


def test_the_matrix_is_whole() -> None:
    assert (len(SIGNATURES), len(DEPENDENTS), len(CELLS)) == (7, 9, 63)


@pytest.mark.parametrize(("case", "survivors"), CELLS, ids=[str(case) for case, _ in CELLS])
def test_every_dependent_is_there_afterwards_both_ways(
    journey: Journey, case: Case, survivors: tuple[str, ...]
) -> None:
    for way in (journey.there, journey.back):
        script = "".join(f"{one.sql};\n" for one in way.plan.statements if is_of(one, case))
        assert [str(one) for one in way.plan.unplanned if is_of(one, case)] == []
        assert [str(one) for one in way.differing if is_of(one, case)] == [], script
        assert "cascade" not in script.lower()
        assert "to public" not in script.lower()
    there = {str(identity) for identity in journey.there.wanted.own}
    assert set(survivors) <= there


def _expect_rows(connection: Connection) -> None:
    """No cell loses its row, nor what was computed from it."""
    for case, _ in CELLS:
        if "generated always" in case.a:
            query = f"select a, b, c from {case.schema}.t"
            assert connection.execute(query.encode()).fetchall() == [(1, "x", "1")]
