"""Facts differ exactly when dumps differ: random edits, judged by pg_dump, which is not ours."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.database.drift.edits import ROOM, draw
from toolkit.catalog import Facts, Kind, Scope, read_facts
from toolkit.clones import Database, drop
from toolkit.connect import connect
from toolkit.drift import Difference, compare
from toolkit.server import Server
from toolkit.server.model import MIGRATOR
from toolkit.settings import Settings
from toolkit.witness import SchemaDump, compare_dumps, disagreements, dump_schema, find_pg_dump

# Each example is a walk of so many edits that the server accepted.
STEPS = 12
EXAMPLES = int(os.environ.get("EXAMPLES", "8"))
ATTEMPTS = 400


@pytest.fixture(scope="module")
def starting_point(server: Server) -> Iterator[str]:
    """A template with one of everything and nothing else."""
    name = f"witness_start_{os.getpid()}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        _create(admin, name, "template0")
        stack.callback(drop, server, name)
        with connect(server.url(name)) as connection:
            connection.execute((ROOM / "schema.sql").read_bytes())
        # What migrator may hand its objects to has to be allowed to have them.
        with connect(server.admin_url(name)) as connection:
            connection.execute("grant create on schema works, side to hephaitos_api")
            connection.execute(
                sql.SQL("grant create on database {} to hephaitos_api").format(sql.Identifier(name))
            )
        yield name


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_every_edit_changes_both_or_neither(
    server: Server, settings: Settings, starting_point: str, seed: int
) -> None:
    scope = Scope.of(settings)
    program = find_pg_dump(server.major, settings.pg_bin)
    chance = random.Random(seed)
    name = f"witness_{os.getpid()}_{seed}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        _create(admin, name, starting_point)
        stack.callback(drop, server, name)
        database = Database(name, server.url(name), server.admin_url(name))
        connection = stack.enter_context(connect(database.url))
        facts, dump = read_facts(connection, scope), dump_schema(program, database.url)

        for statement in _accepted(chance, connection):
            note(f"{statement};")
            facts_after = read_facts(connection, scope)
            dump_after = dump_schema(program, database.url)
            _assert_agreement(facts, facts_after, dump, dump_after)
            assert disagreements(facts_after, dump_after) == ()
            facts, dump = facts_after, dump_after


def _assert_agreement(
    facts: Facts, facts_after: Facts, dump: SchemaDump, dump_after: SchemaDump
) -> None:
    by_facts = [
        one for one in compare(facts, facts_after) if not _is_beyond_a_dump(one, facts_after)
    ]
    by_dump = compare_dumps(dump, dump_after)
    assert bool(by_facts) == bool(by_dump), (by_facts, by_dump)


def _is_beyond_a_dump(difference: Difference, facts: Facts) -> bool:
    """Tell whether pg_dump is blind to it: comments on a partition's copy of a trigger."""
    fact = facts.get(difference.identity)
    return (
        difference.attribute == "comment"
        and fact is not None
        and fact.parent is not None
        and fact.parent.kind is fact.identity.kind is Kind.TRIGGER
    )


def _accepted(chance: random.Random, connection: psycopg.Connection) -> Iterator[str]:
    """Yield edits that the server has just made."""
    made = 0
    for _ in range(ATTEMPTS):
        statement = draw(chance)
        try:
            connection.execute(statement.encode())
        except psycopg.Error:
            continue
        yield statement
        made += 1
        if made == STEPS:
            return


def _create(admin: psycopg.Connection, name: str, template: str) -> None:
    admin.execute(
        sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(MIGRATOR)
        )
    )
