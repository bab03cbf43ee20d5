"""The dashboard of users who all have 100 strategies, and more and more backtests of each.

The same question as get_strategies_with_performance asks, along the other axis: a road that reads
every backtest costs more each day, one that reads totals does not.
"""

from uuid import UUID

from benchmarks import get_strategies_with_performance as dashboard
from toolkit.bench.workload import Goal, Measure, Variant, Workload
from toolkit.connect import Connection

BACKTESTS = (10, 1_000)
_STRATEGIES = 100

# Everything a user with history needs, in the order that foreign keys ask for. Ids are made of the
# number of backtests, so that they are the same in every run.
_USERS = """
    insert into auth.users (id, email)
    select md5('history of ' || backtests)::uuid, 'history' || backtests || '@example.com'
    from unnest(%(backtests)s::int[]) as backtests
    on conflict do nothing
"""
_PROFILES = """
    insert into public.profiles (id, email)
    select id, email from auth.users
    where id = any (select md5('history of ' || b)::uuid from unnest(%(backtests)s::int[]) as b)
    on conflict do nothing
"""
_OWN_STRATEGIES = """
    insert into public.strategies (user_id, id, name, description, created_at, updated_at)
    select
        md5('history of ' || backtests)::uuid,
        md5(backtests || '/' || number)::uuid,
        'Momentum ' || number,
        'Idea ' || number || ', in two sentences.',
        timestamptz '2025-01-01' + number * interval '1 hour',
        timestamptz '2025-01-01' + number * interval '2 hours'
    from
        unnest(%(backtests)s::int[]) as backtests,
        generate_series(1, %(strategies)s) as number
    on conflict do nothing
"""
_RESULTS = """
    insert into public.backtest_results (
        user_id, id, strategy_id, total_return, cagr, sharpe_ratio, max_drawdown, total_trades,
        created_at
    )
    select
        md5('history of ' || backtests)::uuid,
        md5(backtests || '/' || strategy || '/' || number)::uuid,
        md5(backtests || '/' || strategy)::uuid,
        mod(number, 40),
        nullif(mod(number, 9), 3),
        nullif(mod(number, 7), 2),
        mod(number, 50),
        number,
        timestamptz '2025-02-01' + number * interval '1 minute'
    from
        unnest(%(backtests)s::int[]) as backtests,
        generate_series(1, %(strategies)s) as strategy,
        generate_series(1, backtests) as number
    on conflict do nothing
"""


def make_history(connection: Connection, backtests: tuple[int, ...] = BACKTESTS) -> None:
    """Make a user for each number of backtests, once."""
    numbers = {"backtests": list(backtests), "strategies": _STRATEGIES}
    for statement in (_USERS, _PROFILES, _OWN_STRATEGIES, _RESULTS):
        connection.execute(statement.encode(), numbers)
    connection.execute(
        "vacuum (analyze) public.strategies, public.backtest_results, public.strategy_stats"
    )
    dashboard.hold_answers(connection)


def find_user(connection: Connection, backtests: int) -> UUID:
    """Return the user whose strategies have so many backtests each."""
    row = connection.execute("select md5('history of ' || %s::int)::uuid", [backtests]).fetchone()
    assert row is not None  # a select without a table always answers
    return UUID(str(row[0]))


WORKLOAD = Workload(
    name="get_strategies_with_performance_by_history",
    question=f"{_STRATEGIES} strategies of the signed-in user, with the averages of ever more "
    "backtests",
    axis="backtests_a_strategy",
    columns=dashboard.WORKLOAD.columns,
    sizes={0: BACKTESTS},
    headline=BACKTESTS[-1],
    baseline="sql",
    candidate="function",
    subject=find_user,
    sign_in=dashboard.sign_in,
    variants=(
        Variant("sql", "one statement that reads every result", dashboard.one_statement),
        Variant("function", "one call that reads totals kept up to date", dashboard.function),
    ),
    floor=dashboard.WORKLOAD.floor,
    goals=tuple(
        Goal(measure, 1.1, "function", over_size=BACKTESTS[0])
        for measure in (Measure.TIME, Measure.BUFFERS)
    ),
    prepare=make_history,
)
