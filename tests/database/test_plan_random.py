"""Plans between random databases: afterwards all is equal, or what differs is what was named.

Both ends of a plan are random walks from one schema with one of everything; see drift/grammar.sql.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from tests.database.drift.edits import ROOM, draw
from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import drop
from toolkit.connect import Connection, connect
from toolkit.plan import make_plan
from toolkit.rehearsal import unnamed
from toolkit.server import Server
from toolkit.server.model import MIGRATOR

# Each end is a walk of so many edits, refused ones included.
STEPS = 60
SEEDS = range(8)
# Whoever may own what is made is one of ours, or it would be somebody else's from then on.
SCOPE = Scope(roles=frozenset({"hephaitos_api"}))
MANY_SEEDS = range(int(os.environ.get("SEEDS", "300")))


@pytest.fixture(scope="module")
def starting_point(server: Server) -> Iterator[str]:
    """The URL of a database with one of everything and nothing else."""
    name = f"plan_start_{os.getpid()}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        admin.execute(
            sql.SQL("create database {} template template0 owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(MIGRATOR)
            )
        )
        stack.callback(drop, server, name)
        with connect(server.url(name)) as connection:
            connection.execute((ROOM / "schema.sql").read_bytes())
        yield server.url(name)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_plan_leaves_is_what_it_names(starting_point: str, seed: int) -> None:
    _plan_between_two_walks(starting_point, seed)


@pytest.mark.deep
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_what_many_plans_leave_is_what_they_name(starting_point: str, seed: int) -> None:
    _plan_between_two_walks(starting_point, seed)


def _plan_between_two_walks(url: str, seed: int) -> None:
    with connect(url, autocommit=False) as connection:
        after = _walk(connection, random.Random(f"{seed} after"))
        connection.rollback()
        before = _walk(connection, random.Random(f"{seed} before"))
        plan = make_plan(before, after)
        script = plan.render()

        try:
            connection.execute(script.encode())
        except psycopg.Error as error:
            pytest.fail(f"{error}\n{script}")
        arrived = read_facts(connection, SCOPE)
        connection.rollback()

    assert [*unnamed(plan, after, arrived)] == [], script
    equal = {identity for identity, _ in after.own.items() & arrived.own.items()}
    assert [str(one) for one in plan.unplanned if one.identity in equal] == [], script


def _walk(connection: Connection, chance: random.Random) -> Facts:
    """Make random edits, and read what has come of it."""
    connection.execute("select 1")  # begins the transaction that the edits are savepoints of
    for _ in range(STEPS):
        try:
            with connection.transaction():
                connection.execute(draw(chance).encode())
        except psycopg.Error:
            continue
    return read_facts(connection, SCOPE)
