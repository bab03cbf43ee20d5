"""Notes: every lock that a plan names is taken, and none is taken that it does not name.

The corpus again, from a to b, but from objects that were committed: what a transaction made itself
is locked by it already.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from psycopg import sql

from tests.corpus.cases import read_cases
from tests.corpus.journey import make
from toolkit.clones import Database, drop
from toolkit.connect import Connection, connect
from toolkit.plan import Statement, make_plan
from toolkit.server import Server
from toolkit.server.model import MIGRATOR

_STRONG = {
    "ShareLock": "share",
    "ShareRowExclusiveLock": "share row exclusive",
    "ExclusiveLock": "exclusive",
    "AccessExclusiveLock": "access exclusive",
}
# Kinds of cases in which statements lock what others read.
FILES = {"materialized_views", "policies", "tables", "triggers"}
_HELD = "select mode, relation from pg_catalog.pg_locks where pid = pg_backend_pid()"
_THERE = """
    select oid, oid::regclass::text from pg_catalog.pg_class
    where oid >= 16384 and relkind in ('r', 'p', 'v', 'm')
"""


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A database with nothing in it but what initdb made."""
    name = f"plan_locks_{os.getpid()}"
    with ExitStack() as stack, connect(server.admin_url("postgres")) as admin:
        admin.execute(
            sql.SQL("create database {} template template0 owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(MIGRATOR)
            )
        )
        stack.callback(drop, server, name)
        yield Database(name, server.url(name), server.admin_url(name))


def test_locks_are_taken_as_they_are_named(database: Database, server: Server) -> None:
    cases = [
        case for case in read_cases()
        if case.file in FILES and not (case.is_superusers or case.is_alone)
        and case.since <= server.major
    ]  # fmt: skip
    with connect(database.url, autocommit=False) as connection:
        b = make(connection, [case.b for case in cases], cases)
        a = make(connection, [case.a for case in cases], cases)
        connection.commit()
        connection.execute("set local search_path = ''")
        there: dict[int, str] = dict(connection.execute(_THERE).fetchall())
        plan = make_plan(a, b)

        wrong = list(_wrong(connection, plan.statements, there))
        connection.rollback()

    assert not wrong, "\n".join(wrong)


def _wrong(
    connection: Connection, statements: tuple[Statement, ...], there: dict[int, str]
) -> Iterator[str]:
    """Yield the statements that lock otherwise than they say."""
    before: set[str] = set()
    for statement in statements:
        cursor = connection.execute(f"{statement.sql}; {_HELD}".encode())
        while cursor.nextset():
            pass
        held = {
            f"{_STRONG[mode]} on {there[relation]}"
            for mode, relation in cursor.fetchall()
            if mode in _STRONG and relation in there
        }
        said, fresh = statement.lock, sorted(held - before)
        is_taken = said in held or ("tables that use" in said and fresh)
        if said and not is_taken:
            yield f"{statement.sql}: says {said}, takes {fresh}"
        if not said and fresh:
            yield f"{statement.sql}: says nothing, takes {fresh}"
        before = held
