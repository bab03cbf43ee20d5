"""Swap: a materialized view gets another query, and nobody who reads it meets an error or a gap."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from benchmarks.plans.readers import reading
from benchmarks.plans.swapping import both_facts, change_back_and_forth, furnish, run_watched
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.plan import Strategy, make_plan
from toolkit.server import Server

ROWS = 20_000


@pytest.fixture
def shop(server: Server, clone_admin: Connection) -> Iterator[Database]:
    """A view with an index, and a view over it that people look through."""
    with ExitStack() as stack:
        database = stack.enter_context(clone(server, "template0", admin=clone_admin))
        with connect(database.url) as connection:
            furnish(connection, ROWS)
        yield database


def test_four_readers_in_a_loop_notice_nothing(shop: Database) -> None:
    changes = list(change_back_and_forth(shop, rounds=2))

    swaps = [one for one in changes if one.strategy is Strategy.SWAP]
    assert [one.errors for one in swaps] == [(), ()]
    assert [one.gaps for one in swaps] == [0, 0]
    assert all(one.readings >= 4 for one in swaps)


def test_a_snapshot_older_than_the_swap_reads_rows_too(shop: Database) -> None:
    queries = [
        "select key from shop.totals where key = 1",
        "select key from shop.seen where key = 4321",
    ]
    with connect(shop.url) as connection:
        plan = make_plan(*both_facts(connection))

        with reading(shop.url, queries, repeatable=True) as felt:
            run_watched(connection, plan)

    assert felt.errors == []
    assert felt.answers == {(1,), (4321,)}


def test_readers_are_kept_out_by_the_renaming_alone(shop: Database) -> None:
    with connect(shop.url) as connection:
        plan = make_plan(*both_facts(connection))

        run_watched(connection, plan)  # which fails when a lock comes before it is said to

    locks = [bool(one.lock) for one in plan.statements]
    built = [one.sql for one in plan.statements if not one.lock]
    assert any(sql.startswith("refresh materialized view") for sql in built)
    assert any("INDEX" in sql for sql in built[: locks.index(True)])
