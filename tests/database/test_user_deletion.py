"""Deleting a user: everything of theirs goes by indexes, and everything that goes is on record."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from benchmarks.studies.user_deletion import add_users, delete_user
from tests.database.audited import AUDITED
from toolkit.clones import Database
from toolkit.connect import Connection, connect

TRADES = 5_000


@pytest.fixture
def user(own_database: Database) -> UUID:
    """One of many users, with 5,000 trades; statistics are fresh."""
    with connect(own_database.admin_url) as admin:
        add_users(admin, 2_000, strategies=0, results=0, trades=0)
        add_users(admin, 150, strategies=8, results=1, trades=5)
        (user_id,) = add_users(admin, 1, strategies=5, results=100, trades=TRADES // 500)
        # One that has its strategy follow it.
        admin.execute(
            """
            insert into public.backtest_jobs (user_id, strategy_id, status, started_at)
            select user_id, id, 'running', now() from public.strategies where user_id = %s limit 1
            """,
            [user_id],
        )
        admin.execute("analyze")
    return user_id


@pytest.fixture
def unfinished(own_database: Database) -> Iterator[Connection]:
    """A connection in a transaction."""
    with connect(own_database.url, autocommit=False) as connection:
        yield connection
        connection.rollback()


def test_no_table_of_users_is_read_whole_and_every_row_is_on_record(
    user: UUID, unfinished: Connection
) -> None:
    found = {one.table: one for one in delete_user(unfinished, user)}

    assert {one.table: one.whole for one in found.values() if one.whole} == {}
    deleted = {f"public.{table}": found[f"public.{table}"].deleted for table in AUDITED}
    assert {table: found[table].recorded for table in deleted} == deleted
    assert deleted == {
        "public.profiles": 1,
        "public.strategies": 5,
        "public.backtest_jobs": 501,
        "public.backtest_results": 500,
        "public.trades": TRADES,
        "public.exports": 5,
        "public.notifications": 5,
    }
