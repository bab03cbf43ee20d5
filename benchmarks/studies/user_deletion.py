"""What does deleting a user read? Indexes only: never a table of users' rows from end to end.

    python -m benchmarks.studies.user_deletion medium 100000

Adds a user with the second number of trades to a data set, deletes them, and prints for each table
how often it was read whole and by index, how many rows went, and how many are on record. Counted by
the server inside the transaction of the delete, cascades, triggers and all.
"""

import sys
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

from benchmarks import dataset
from benchmarks.population import SIZES, Size
from toolkit.clones import clone, migrated_template
from toolkit.connect import Connection, connect
from toolkit.prepare import prepare_server
from toolkit.server import start
from toolkit.settings import read_settings

_TRADES_A_RESULT, _RESULTS_A_STRATEGY = 50, 40
# What a user has beside results and trades; whoever loads this is nobody whose doing is recorded.
_OWN = (
    "insert into auth.users (id) select unnest(%(users)s)",
    "insert into public.profiles (id) select unnest(%(users)s)",
    """
    insert into public.strategies (user_id, name, status, description)
    select owner, 's', 'ready', repeat('d', 300)
    from unnest(%(users)s) as owner, generate_series(1, %(strategies)s)
    """,
    """
    insert into public.backtest_jobs
        (user_id, strategy_id, status, progress, created_at, started_at, finished_at)
    select user_id, id, 'completed', 100, now(), now(), now()
    from public.strategies, generate_series(1, %(results)s)
    where user_id = any (%(users)s)
    """,
    """
    insert into public.backtest_results
        (user_id, strategy_id, job_id, total_return, max_drawdown, total_trades)
    select user_id, strategy_id, id, 1, 1, %(trades)s
    from public.backtest_jobs
    where user_id = any (%(users)s)
    """,
    """
    insert into public.trades
        (user_id, backtest_id, trade_no, executed_at, symbol, side, quantity, price)
    select user_id, id, n, '2026-01-01', 'BTC-USD', 'buy', 1, 1
    from public.backtest_results, generate_series(1, %(trades)s) as n
    where user_id = any (%(users)s)
    """,
    """
    insert into public.exports (user_id, status)
    select owner, 'queued' from unnest(%(users)s) as owner, generate_series(1, %(strategies)s)
    """,
    """
    insert into public.notifications (user_id, kind, title)
    select owner, 'hello', repeat('h', 80)
    from unnest(%(users)s) as owner, generate_series(1, %(strategies)s)
    """,
    """
    insert into internal.weekly_digests (user_id, week_on, enqueued_at)
    select owner, date '2020-01-06' + 7 * n, now()
    from unnest(%(users)s) as owner, generate_series(1, %(strategies)s) as n
    """,
    """
    insert into internal.strategy_pauses (user_id, strategy_id, paused_at, idle_since, reason)
    select user_id, id, now(), now() - interval '90 days', 'idle'
    from public.strategies
    where user_id = any (%(users)s)
    """,
)
# Whose rows are a user's: all of these grow with users, unlike the tables of the house.
_READ = """
    select
        stats.schemaname || '.' || stats.relname,
        stats.seq_scan,
        coalesce(stats.idx_scan, 0),
        stats.n_tup_del,
        pg_relation_size(stats.relid) / current_setting('block_size')::integer
    from pg_catalog.pg_stat_xact_all_tables as stats
    where
        stats.schemaname in ('public', 'internal', 'audit', 'auth')
        and stats.seq_scan + coalesce(stats.idx_scan, 0) + stats.n_tup_del > 0
        and (
            stats.schemaname in ('audit', 'auth')
            or stats.relname = 'profiles'
            or exists (
                select
                from pg_catalog.pg_attribute
                where
                    pg_attribute.attrelid = stats.relid and pg_attribute.attname = 'user_id'
            )
        )
    order by 1
"""
_RECORDED = """
    select table_schema || '.' || table_name, count(*)
    from audit.changes
    where operation = 'delete' and user_id = %s
    group by 1
"""


@dataclass(frozen=True, slots=True)
class Read:
    """How one table was read while a user was deleted.

    Args:
        table: its qualified name.
        whole: how often from end to end.
        by_index: how often by an index.
        deleted: rows that went.
        pages: of the table.
        recorded: deletes in the record of changes.
    """

    table: str
    whole: int
    by_index: int
    deleted: int
    pages: int
    recorded: int


def main(size: Size, trades: int) -> None:
    """Print how each table was read."""
    settings = read_settings()
    with start(settings) as server:
        prepare_server(server, settings.roles)
        with clone(server, migrated_template(server, settings.project_root)) as database:
            with connect(database.url) as connection:
                dataset.fill(connection, size)
            with connect(database.admin_url) as admin:
                # What the data set has none of: exports, notifications, digests and pauses.
                add_users(admin, size.users, strategies=2, results=1, trades=0)
                (user_id,) = add_users(
                    admin,
                    1,
                    strategies=trades // _TRADES_A_RESULT // _RESULTS_A_STRATEGY,
                    results=_RESULTS_A_STRATEGY,
                    trades=_TRADES_A_RESULT,
                )
                admin.execute("vacuum analyze")
            print(f"PostgreSQL {server.version}, {server.kind}; {size.trades + trades:,} trades\n")
            with connect(database.url, autocommit=False) as connection:
                began = time.monotonic()
                found = delete_user(connection, user_id)
                _print(found, time.monotonic() - began)


def add_users(
    connection: Connection, count: int, *, strategies: int, results: int, trades: int
) -> list[UUID]:
    """Make users with so many strategies each, results of a strategy, and trades of a result."""
    users = [uuid4() for _ in range(count)]
    sizes = {"users": users, "strategies": strategies, "results": results, "trades": trades}
    for statement in _OWN:
        connection.execute(statement, sizes)
    return users


def delete_user(connection: Connection, user_id: UUID) -> list[Read]:
    """Delete a user in the transaction that the connection is in.

    Returns:
        How each table with rows of users was read for it.
    """
    connection.execute("delete from auth.users where id = %s", [user_id])
    read = connection.execute(_READ).fetchall()
    recorded: dict[str, int] = dict(connection.execute(_RECORDED, [user_id]).fetchall())
    return [
        Read(table, whole, by_index, deleted, pages, recorded.get(table, 0))
        for table, whole, by_index, deleted, pages in read
    ]


def _print(found: list[Read], elapsed_s: float) -> None:
    print(f"{elapsed_s:.1f} s\n")
    print("| table | pages | read whole | by index | rows deleted | on record |")
    print("|---|---|---|---|---|---|")
    for one in found:
        print(
            f"| {one.table} | {one.pages:,} | {one.whole} | {one.by_index:,} | {one.deleted:,} |"
            f" {one.recorded:,} |"
        )


if __name__ == "__main__":
    main(SIZES[sys.argv[1]], int(sys.argv[2]))
