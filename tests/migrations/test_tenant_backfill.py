"""Revision 0005 counts the results that are there already, and those being written meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.runner import downgrade, upgrade

PROJECT = Path(__file__).resolve().parents[2]
BEFORE, COUNTED = "0004", "0005"
RESULT = """
    insert into public.backtest_results
    (user_id, strategy_id, total_return, sharpe_ratio, max_drawdown, total_trades, created_at)
    select %s, id, step, nullif(step, 2), 0, 0, timestamptz '2026-01-01' + step * interval '1 day'
    from public.strategies, generate_series(1, 3) as step
"""
DIFFERENCE = """
    with
    counted as (
        select
            user_id, strategy_id, count(*), count(sharpe_ratio), coalesce(sum(sharpe_ratio), 0),
            count(cagr), coalesce(sum(cagr), 0), sum(total_return), max(created_at)
        from public.backtest_results
        group by user_id, strategy_id
    ),
    kept as (
        select
            user_id, strategy_id, backtest_count, sharpe_count, sharpe_total, cagr_count,
            cagr_total, return_total, last_backtest_at
        from public.strategy_stats
    )
    (table counted except all table kept) union all (table kept except all table counted)
"""
IS_WAITING = """
    select exists (
        select from pg_catalog.pg_locks
        where not granted and relation = 'public.backtest_results'::regclass
    )
"""


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """Return a connection to a database at 0004, with a user and two strategies."""
    upgrade(PROJECT, pristine_database.url, BEFORE)
    with connect(pristine_database.url) as connection:
        yield connection


@pytest.fixture
def ada(connection: Connection) -> UUID:
    user_id = uuid4()
    connection.execute("insert into auth.users (id) values (%s)", [user_id])
    connection.execute("insert into public.profiles (id) values (%s)", [user_id])
    connection.execute(
        "insert into public.strategies (user_id, name) values (%s, 'one'), (%s, 'two')",
        [user_id, user_id],
    )
    return user_id


def test_results_that_were_there_are_counted_each_time_it_is_applied(
    pristine_database: Database, connection: Connection, ada: UUID
) -> None:
    for results in (6, 12):
        connection.execute(RESULT, [ada])

        upgrade(PROJECT, pristine_database.url, COUNTED)
        difference = connection.execute(DIFFERENCE).fetchall()
        total = connection.execute("select sum(backtest_count) from strategy_stats").fetchone()
        downgrade(PROJECT, pristine_database.url, BEFORE)

        assert (difference, total) == ([], (results,))


def test_a_result_that_commits_while_it_waits_is_counted_once(
    pristine_database: Database, connection: Connection, ada: UUID
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with connect(pristine_database.url, autocommit=False) as writer:
            writer.execute(RESULT, [ada])
            applied = pool.submit(upgrade, PROJECT, pristine_database.url, COUNTED)
            while connection.execute(IS_WAITING).fetchone() != (True,):
                assert not applied.done(), "it did not wait"
            writer.commit()
        applied.result()

    assert connection.execute(DIFFERENCE).fetchall() == []
    assert connection.execute("select count(*) from strategy_stats").fetchone() == (2,)
