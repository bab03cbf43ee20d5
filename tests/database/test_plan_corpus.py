"""Plans do what they say: every pair of the corpus, both ways, judged by the facts afterwards.

Cases share a database and a plan, each in schemas of its own: that is faster, and no plan is ever
alone in life. Where a plan for all of them fails, each is planned alone, to see whose fault it is.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from tests.corpus.cases import Budget, Case, read_cases
from tests.corpus.journey import Journey, Way, is_of, travel
from toolkit.clones import Database, clone, drop
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.model import MIGRATOR, PRISTINE_TEMPLATE

CASES = list(read_cases())
LEAST_CASES = 120


@pytest.fixture(scope="module")
def empty_database(server: Server) -> Iterator[Database]:
    """A database with nothing in it but what initdb made, and a schema to fill."""
    name = f"plan_corpus_{os.getpid()}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        admin.execute(
            sql.SQL("create database {} template template0 owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(MIGRATOR)
            )
        )
        stack.callback(drop, server, name)
        yield Database(name, server.url(name), server.admin_url(name))


@pytest.fixture(scope="module")
def platform(server: Server) -> Iterator[Database]:
    """A database with what the platform brings, pg_cron with it."""
    with clone(server, PRISTINE_TEMPLATE) as database:
        yield database


@pytest.fixture(scope="module")
def together(
    server: Server, empty_database: Database, platform: Database
) -> dict[str, Journey | psycopg.Error]:
    """What became of the cases that go together, or why they did not get there, by schema."""
    groups: dict[tuple[bool, bool], list[Case]] = {}
    for case in CASES:
        if case.since <= server.major and not case.is_alone:
            groups.setdefault((case.is_superusers, case.is_platforms), []).append(case)
    found: dict[str, Journey | psycopg.Error] = {}
    for cases in groups.values():
        database = platform if cases[0].is_platforms else empty_database
        try:
            journey: Journey | psycopg.Error = travel(database, cases)
        except psycopg.Error as error:
            journey = error
        found |= {case.schema: journey for case in cases}
    return found


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_plan_leads_there_and_back(
    together: dict[str, Journey | psycopg.Error],
    empty_database: Database, platform: Database, server: Server, case: Case,
) -> None:  # fmt: skip
    if server.major < case.since:
        pytest.skip(f"PostgreSQL {case.since} brought what this is about")
    journey = together.get(case.schema)
    if not isinstance(journey, Journey):
        journey = travel(platform if case.is_platforms else empty_database, [case])

    _check(journey.there, case.there, case)
    _check(journey.back, case.back, case)


def test_cases_get_there_together(together: dict[str, Journey | psycopg.Error]) -> None:
    failed = {str(one) for one in together.values() if not isinstance(one, Journey)}

    assert failed == set()


def _check(way: Way, budget: Budget, case: Case) -> None:
    statements = [one for one in way.plan.statements if is_of(one, case)]
    script = "".join(f"{one.sql};\n" for one in statements)
    done = [(str(one.action), str(one.identity)) for one in statements]
    left = [one for one in way.plan.unplanned if is_of(one, case)]
    assert [one for one in way.unnamed if is_of(one, case)] == [], script
    if not budget.unplanned:
        assert [one for one in way.differing if is_of(one, case)] == [], script
    assert {str(one.identity) for one in left} == budget.unplanned, [*map(str, left), script]
    assert budget.least <= len(done), script
    assert budget.most is None or len(done) <= budget.most, script
    for shape in budget.shapes:
        found = any(
            action == shape.action and shape.object in ("", identity) for action, identity in done
        )
        assert found is not shape.is_forbidden, f"{shape}\n{done}\n{script}"
    assert [text for text in budget.says if text not in script] == [], script
    assert [text for text in budget.hushes if text in script] == [], script
    assert "cascade" not in script.lower()
