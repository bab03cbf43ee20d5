"""The front page: newest strategies, active jobs, latest results and what is unread.

As a program would fetch it part by part, with and without waiting for each, and in one call.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Cursor

from benchmarks.floors import hold
from benchmarks.get_strategies_with_performance import find_user, sign_in
from benchmarks.population import SUBJECTS
from toolkit.bench.client import Client
from toolkit.bench.workload import Goal, Measure, Row, Variant, Workload
from toolkit.connect import Connection

_PARTS = ("strategies", "active_jobs", "latest_results", "unread")

_STRATEGIES = """
    select id, name, status, created_at, updated_at
    from public.strategies
    where user_id = %s
    order by created_at desc, id desc
    limit 10
"""
_TOTALS = """
    select
        round(avg(sharpe_ratio), 2) as avg_sharpe,
        round(avg(cagr), 2) as avg_cagr,
        round(avg(total_return), 2) as avg_return,
        count(*) as backtest_count,
        max(created_at) as last_backtest_at
    from public.backtest_results
    where user_id = %s and strategy_id = %s
"""
_JOBS = """
    select id, strategy_id, status, progress, error, created_at, started_at, finished_at
    from public.backtest_jobs
    where user_id = %s and status in ('queued', 'running')
    order by created_at desc, id desc
    limit 50
"""
_RESULTS = """
    select
        id, strategy_id, job_id, total_return, cagr, sharpe_ratio, max_drawdown, win_rate,
        profit_factor, total_trades, chart_path, created_at
    from public.backtest_results
    where user_id = %s
    order by created_at desc, id desc
    limit 10
"""
_UNREAD = """
    select id, kind, title, body, data, created_at
    from public.notifications
    where user_id = %s and read_at is null
    order by created_at desc, id desc
    limit 10
"""
_UNREAD_COUNT = """
    select count(*)
    from (
        select from public.notifications where user_id = %s and read_at is null limit 100
    ) as counted
"""

_NOTIFICATIONS = """
    insert into public.notifications (user_id, id, kind, title, body, created_at)
    select
        strategies.user_id,
        md5(strategies.user_id || '/' || number)::uuid,
        'job_completed',
        'Backtest completed',
        'The backtest number ' || number || ' of your strategy has ended.',
        timestamptz '2025-06-01' + number * interval '1 hour'
    from
        (
            select user_id from public.strategies
            group by user_id
            having count(*) = any (%s)
        ) as strategies,
        generate_series(1, 40) as number
    on conflict do nothing
"""
_ANSWERS = """
    select subjects.user_id, public.get_dashboard(subjects.user_id) as answer
    from (
        select user_id from public.strategies group by user_id having count(*) = any ('{%s}')
    ) as subjects
    order by subjects.user_id
"""
_FLOOR = "select answer from floor.dashboards where user_id = %s"
_FUNCTION = "select public.get_dashboard(%s)"


def prepare(connection: Connection) -> None:
    """Leave the subjects something unread, and keep what the function answers for them."""
    connection.execute(_NOTIFICATIONS, [list(SUBJECTS)])
    connection.execute("vacuum (analyze) public.notifications")
    # The guard asks for the role in force: as nobody else may one ask for everybody.
    connection.execute("set role service_role")
    connection.execute(
        "create temporary table answers as " + _ANSWERS % ",".join(map(str, SUBJECTS))
    )
    connection.execute("reset role")
    hold(connection, "dashboards", "select * from pg_temp.answers", ("user_id",))
    connection.execute("drop table pg_temp.answers")


def naive(client: Client, user_id: UUID) -> Sequence[Row]:
    """Ask for one part after the other, and for the totals of each strategy: 15 statements."""
    ask = client.connection.execute
    strategies = ask(_STRATEGIES, [user_id])
    keys = [row[0] for row in strategies]
    strategies.scroll(0, mode="absolute")
    return _assembled(
        strategies,
        [ask(_TOTALS, [user_id, key]) for key in keys],
        [ask(query, [user_id]) for query in (_JOBS, _RESULTS, _UNREAD, _UNREAD_COUNT)],
    )


def pipelined(client: Client, user_id: UUID) -> Sequence[Row]:
    """Ask as naive does, waiting only for the list that the totals depend on."""
    connection = client.connection
    with connection.pipeline() as pipeline:
        strategies = connection.execute(_STRATEGIES, [user_id])
        others = [
            connection.execute(query, [user_id])
            for query in (_JOBS, _RESULTS, _UNREAD, _UNREAD_COUNT)
        ]
        pipeline.sync()
        keys = [row[0] for row in strategies]
        strategies.scroll(0, mode="absolute")
        totals = [connection.execute(_TOTALS, [user_id, key]) for key in keys]
    return _assembled(strategies, totals, others)


def function(client: Client, user_id: UUID) -> Sequence[Row]:
    """Call the function: one statement."""
    return _split(client, _FUNCTION, user_id)


def floor(client: Client, user_id: UUID) -> Sequence[Row]:
    """Read the answer from a table that holds it."""
    return _split(client, _FLOOR, user_id)


def _split(client: Client, query: str, user_id: UUID) -> Sequence[Row]:
    return [
        (*(answer[part] for part in _PARTS), answer["unread_count"])
        for (answer,) in client.connection.execute(query.encode(), [user_id])
    ]


def _assembled(
    strategies: Cursor[Row], totals: Sequence[Cursor[Row]], others: Sequence[Cursor[Row]]
) -> Sequence[Row]:
    """Put the parts together as the function does, in JSON's own types."""
    *lists, counted = others
    listed = [
        strategy | found
        for strategy, one in zip(_records(strategies), totals, strict=True)
        for found in _records(one)
    ]
    ((unread_count,),) = counted
    return [(listed, *map(_records, lists), unread_count)]


def _records(cursor: Cursor[Row]) -> list[dict[str, Any]]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor]


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return float(value)
        case UUID():
            return str(value)
    return value


WORKLOAD = Workload(
    name="get_dashboard",
    question="the front page of the signed-in user",
    axis="strategies",
    columns=(*_PARTS, "unread_count"),
    sizes={0: SUBJECTS, 5: SUBJECTS[:2]},
    headline=100,
    baseline="naive",
    candidate="function",
    subject=find_user,
    sign_in=sign_in,
    variants=(
        Variant("naive", "one part after the other, then the totals of each strategy", naive),
        Variant(
            "pipeline",
            "the same, waiting for the list of strategies only",
            pipelined,
            pipelined=True,
        ),
        Variant("function", "one call", function),
    ),
    floor=Variant("floor", "one select from a table that holds the answer", floor),
    goals=(Goal(Measure.TIME, 2.5, "floor"),),
    prepare=prepare,
)
