"""Plans do what they say: every pair of the corpus, both ways, judged by the facts afterwards."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from tests.corpus.cases import Budget, Case, read_cases
from toolkit.catalog import Facts, read_facts
from toolkit.clones import Database, drop
from toolkit.connect import Connection, connect
from toolkit.drift import compare
from toolkit.plan import Plan, make_plan
from toolkit.server import Server
from toolkit.server.model import MIGRATOR

CASES = list(read_cases())
LEAST_CASES = 120


@pytest.fixture(scope="module")
def empty_database(server: Server) -> Iterator[Database]:
    """A database with nothing in it but what initdb made, and a schema to fill."""
    name = "plan_corpus"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        admin.execute(
            sql.SQL("create database {} template template0 owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(MIGRATOR)
            )
        )
        stack.callback(drop, server, name)
        yield Database(name, server.url(name), server.admin_url(name))


@pytest.fixture
def nothing(empty_database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with connect(empty_database.url, autocommit=False) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_plan_leads_there_and_back(nothing: Connection, case: Case) -> None:
    nothing.execute(f"create schema app; {case.common}; {case.b}".encode())
    b = read_facts(nothing)
    nothing.rollback()
    nothing.execute(f"create schema app; {case.common}; {case.a}".encode())
    a = read_facts(nothing)

    there = _step(nothing, a, b, case.there)
    back = _step(nothing, there, a, case.back)

    if not case.there.unplanned | case.back.unplanned:
        assert back.objects == a.objects


def _step(connection: Connection, present: Facts, wanted: Facts, budget: Budget) -> Facts:
    plan = make_plan(present, wanted)
    script = plan.render()
    try:
        connection.execute(script.encode())
    except psycopg.Error as error:
        pytest.fail(f"{error}\n{script}")
    arrived = read_facts(connection)
    left = {str(one.identity) for one in compare(wanted, arrived)}
    assert left <= budget.unplanned, f"{compare(wanted, arrived)}\n{script}"
    if not budget.unplanned:
        assert arrived.objects == wanted.objects
    _check(plan, budget, script)
    return arrived


def _check(plan: Plan, budget: Budget, script: str) -> None:
    done = [(str(one.action), str(one.identity)) for one in plan.statements]
    assert {str(one.identity) for one in plan.unplanned} == budget.unplanned, script
    assert budget.least <= len(done), script
    assert budget.most is None or len(done) <= budget.most, script
    for shape in budget.shapes:
        found = any(
            action == shape.action and shape.object in ("", identity) for action, identity in done
        )
        assert found is not shape.is_forbidden, f"{shape}\n{script}"
    assert "cascade" not in script.lower()
