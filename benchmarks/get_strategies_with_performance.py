"""The dashboard: all strategies of the user who is signed in, with the averages of their backtests.

The same rows by many roads: as programs are often written, as an ORM fetches them, as one
statement, and as one function. And by none that anybody could take: a table that holds the answer.
"""

import json
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from benchmarks.floors import hold
from benchmarks.models import Strategy
from toolkit.bench.client import Client
from toolkit.bench.workload import Goal, Measure, Row, Variant, Workload
from toolkit.connect import Connection
from toolkit.errors import ToolkitError

_CENT = Decimal("0.01")

_SUBJECT = """
    select strategies.user_id
    from public.strategies
    group by strategies.user_id
    having count(*) = %s
    order by strategies.user_id
    limit 1
"""

_STRATEGIES = """
    select id, name, description, status, created_at, updated_at
    from public.strategies
    where user_id = %s
    order by created_at desc, id desc
"""

_AVERAGES = """
    select
        round(avg(sharpe_ratio), 2), round(avg(cagr), 2), round(avg(total_return), 2), count(*)
    from public.backtest_results
    where user_id = %s and strategy_id = %s
"""

_LATEST = """
    select created_at
    from public.backtest_results
    where user_id = %s and strategy_id = %s
    order by created_at desc
    limit 1
"""

_ALL_AT_ONCE = """
    select
        strategies.id,
        strategies.name,
        strategies.description,
        strategies.status,
        strategies.created_at,
        strategies.updated_at,
        round(avg(backtest_results.sharpe_ratio), 2),
        round(avg(backtest_results.cagr), 2),
        round(avg(backtest_results.total_return), 2),
        count(backtest_results.id),
        max(backtest_results.created_at)
    from public.strategies
    left join public.backtest_results
        on backtest_results.user_id = strategies.user_id
        and backtest_results.strategy_id = strategies.id
    where strategies.user_id = %s
    group by strategies.user_id, strategies.id
    order by strategies.created_at desc, strategies.id desc
"""

_FUNCTION = """
    select
        id, name, description, status, created_at, updated_at,
        avg_sharpe, avg_cagr, avg_return, backtest_count, last_backtest_at
    from public.get_strategies_with_performance(%s)
"""

_ANSWERS = """
    select
        strategies.user_id,
        strategies.id,
        strategies.name,
        strategies.description,
        strategies.status,
        strategies.created_at,
        strategies.updated_at,
        round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2) as avg_sharpe,
        round(stats.cagr_total / nullif(stats.cagr_count, 0), 2) as avg_cagr,
        round(stats.return_total / stats.backtest_count, 2) as avg_return,
        coalesce(stats.backtest_count, 0) as backtest_count,
        stats.last_backtest_at
    from public.strategies
    left join public.strategy_stats as stats
        on stats.user_id = strategies.user_id and stats.strategy_id = strategies.id
    order by strategies.user_id, strategies.created_at desc, strategies.id desc
"""

_FLOOR = """
    select
        id, name, description, status, created_at, updated_at,
        avg_sharpe, avg_cagr, avg_return, backtest_count, last_backtest_at
    from floor.strategies_with_performance
    where user_id = %s
    order by created_at desc, id desc
"""


class SubjectMissing(ToolkitError):
    """No user has the number of strategies that is asked for."""


def find_user(connection: Connection, strategy_count: int) -> UUID:
    """Return a user with exactly so many strategies.

    Raises:
        SubjectMissing: there is none. O(strategies of everybody).
    """
    row = connection.execute(_SUBJECT, [strategy_count]).fetchone()
    if row is None:
        raise SubjectMissing(
            f"no user with {strategy_count} strategies in {connection.info.dbname}",
            detail="every data set that benchmarks/dataset.py loads has one",
            hint="Load a data set first.",
        )
    return UUID(str(row[0]))


def sign_in(connection: Connection, user_id: UUID) -> None:
    """Act as a user who is signed in, to the end of the session.

    For the session and not for a transaction, as an API would do it: the session is ours alone,
    with no pooler that would hand the identity on, and a transaction around each call would add
    statements that belong to no variant.
    """
    claims = json.dumps({"sub": str(user_id), "role": "authenticated"})
    connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
    connection.execute("set role authenticated")


def naive(client: Client, user_id: UUID) -> Sequence[Row]:
    """Ask for the list, then twice for each strategy: 1 + 2n statements."""
    ask = client.connection.execute
    rows: list[Row] = []
    for strategy in ask(_STRATEGIES, [user_id]).fetchall():
        averages = ask(_AVERAGES, [user_id, strategy[0]]).fetchone() or ()
        latest = ask(_LATEST, [user_id, strategy[0]]).fetchone() or (None,)
        rows.append((*strategy, *averages, *latest))
    return rows


def pipelined(client: Client, user_id: UUID) -> Sequence[Row]:
    """Send what the naive way sends without waiting for each answer: 1 + 2n statements."""
    strategies = client.connection.execute(_STRATEGIES, [user_id]).fetchall()
    with client.connection.pipeline():
        asked = [
            (
                client.connection.execute(_AVERAGES, [user_id, strategy[0]]),
                client.connection.execute(_LATEST, [user_id, strategy[0]]),
            )
            for strategy in strategies
        ]
    return [
        (*strategy, *(averages.fetchone() or ()), *(latest.fetchone() or (None,)))
        for strategy, (averages, latest) in zip(strategies, asked, strict=True)
    ]


def lazy(client: Client, user_id: UUID) -> Sequence[Row]:
    """Let the ORM fetch the results of a strategy when they are touched: 1 + n statements."""
    return _by_orm(client, user_id)


def selectin(client: Client, user_id: UUID) -> Sequence[Row]:
    """Let the ORM fetch all results for up to 500 strategies a statement."""
    return _by_orm(client, user_id, selectinload(Strategy.results))


def joined(client: Client, user_id: UUID) -> Sequence[Row]:
    """Let the ORM join all results to their strategies: one statement, each strategy many times."""
    return _by_orm(client, user_id, joinedload(Strategy.results))


def one_statement(client: Client, user_id: UUID) -> Sequence[Row]:
    """Join and aggregate the results by hand: one statement that reads every result."""
    return client.connection.execute(_ALL_AT_ONCE, [user_id]).fetchall()


def function(client: Client, user_id: UUID) -> Sequence[Row]:
    """Call the function: one statement that reads totals kept up to date."""
    return client.connection.execute(_FUNCTION, [user_id]).fetchall()


def floor(client: Client, user_id: UUID) -> Sequence[Row]:
    """Read the answer from a table that holds it."""
    return client.connection.execute(_FLOOR, [user_id]).fetchall()


def hold_answers(connection: Connection) -> None:
    """Keep what the function answers for everybody."""
    key = ("user_id", "created_at desc", "id desc")
    hold(connection, "strategies_with_performance", _ANSWERS, key)


def _by_orm(client: Client, user_id: UUID, *options: ExecutableOption) -> Sequence[Row]:
    query = (
        select(Strategy)
        .where(Strategy.user_id == user_id)
        .order_by(Strategy.created_at.desc(), Strategy.id.desc())
        .options(*options)
    )
    with client.session() as session:
        return [_summarise(strategy) for strategy in session.scalars(query).unique()]


def _summarise(strategy: Strategy) -> Row:
    results = strategy.results
    return (
        strategy.id,
        strategy.name,
        strategy.description,
        strategy.status,
        strategy.created_at,
        strategy.updated_at,
        _average(result.sharpe_ratio for result in results),
        _average(result.cagr for result in results),
        _average(result.total_return for result in results),
        len(results),
        max((result.created_at for result in results), default=None),
    )


def _average(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the mean of what is known, rounded as Postgres rounds: halves away from zero."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return (sum(known, Decimal(0)) / len(known)).quantize(_CENT, rounding=ROUND_HALF_UP)


WORKLOAD = Workload(
    name="get_strategies_with_performance",
    question="all strategies of the signed-in user, with the averages of their backtests",
    axis="strategies",
    columns=(
        "id",
        "name",
        "description",
        "status",
        "created_at",
        "updated_at",
        "avg_sharpe",
        "avg_cagr",
        "avg_return",
        "backtest_count",
        "last_backtest_at",
    ),
    # 1,000 at 5 ms would be ten seconds a call for the naive way, to say what 100 already says.
    sizes={0: (10, 100, 1_000), 5: (10, 100)},
    headline=100,
    baseline="naive",
    candidate="function",
    subject=find_user,
    sign_in=sign_in,
    variants=(
        Variant("naive", "a list, then two statements for each strategy", naive),
        Variant("lazy", "an ORM that fetches results when they are touched", lazy),
        Variant("selectin", "an ORM that fetches all results, 500 strategies a time", selectin),
        Variant("joined", "an ORM that joins all results to their strategies", joined),
        Variant(
            "pipeline", "the naive statements, sent without waiting", pipelined, pipelined=True
        ),
        Variant("sql", "one statement that reads every result", one_statement),
        Variant("function", "one call that reads totals kept up to date", function),
    ),
    floor=Variant("floor", "one select from a table that holds the answer", floor),
    goals=(Goal(Measure.TIME, 1.5, "floor"), Goal(Measure.BUFFERS, 6, "floor")),
    prepare=hold_answers,
)
