"""Users of any size, in a few statements each: what the promises about cost are held to.

What has a time is written in the order of time, as it is in life: the newest rows lie together.
"""

from toolkit.connect import Connection

_LARGEST_QUOTA = 50
_SIGN_UP = """
    with account as (
        insert into auth.users (id) values (gen_random_uuid()) returning id
    )
    insert into public.profiles (id) select account.id from account returning id::text
"""
_STRATEGIES = """
    insert into public.strategies (user_id, name, created_at, updated_at, is_public)
    select %(user)s::uuid, 'strategy ' || n, '2026-01-01'::timestamptz + n * interval '1 hour',
        '2027-01-01', %(public)s
    from generate_series(1, %(count)s) as n
"""
_RESULTS = """
    insert into public.backtest_results (
        user_id, strategy_id, total_return, cagr, sharpe_ratio, max_drawdown, total_trades,
        created_at
    )
    select strategies.user_id, strategies.id, n, n, n / 7.0, 1, 1,
        '2026-01-01'::timestamptz
        + row_number() over (order by n, strategies.created_at) * interval '1 second'
    from public.strategies
    cross join generate_series(1, %(count)s) as n
    where strategies.user_id = %(user)s::uuid
    order by n, strategies.created_at
"""
# Those of a strategy lie beside each other's, as in the index of those under way.
_JOBS = """
    insert into public.backtest_jobs (user_id, strategy_id, status, created_at, finished_at)
    select strategies.user_id, strategies.id, %(status)s,
        '2026-01-01'::timestamptz
        + row_number() over (order by n, strategies.id) * interval '1 second',
        case when %(status)s <> 'queued' then timestamptz '2026-06-01' end
    from public.strategies
    cross join generate_series(1, %(count)s) as n
    where strategies.user_id = %(user)s::uuid
    order by n, strategies.id
    limit %(most)s
"""
_NOTIFICATIONS = """
    insert into public.notifications (user_id, kind, title, created_at, read_at)
    select %(user)s::uuid, 'hello', 'Hello', '2026-01-01'::timestamptz + n * interval '1 minute',
        case when n > %(unread)s then timestamptz '2026-06-01' end
    from generate_series(1, %(count)s) as n
"""
_TRADES = """
    insert into public.trades (
        user_id, backtest_id, trade_no, executed_at, symbol, side, quantity, price
    )
    select results.user_id, results.id, n, '2026-01-01'::timestamptz + n * interval '1 minute',
        'BTC-USD', 'buy', 1, 43000
    from public.backtest_results as results
    cross join generate_series(1, %(count)s) as n
    where results.user_id = %(user)s::uuid
"""


def furnish(connection: Connection) -> None:
    """Make users who own something of everything, and rank their strategies."""
    for _ in range(4):
        user = sign_up(connection)
        add_strategies(connection, user, 2, public=True)
        add_results(connection, user, 3)
        add_jobs(connection, user, 1, "queued")
        add_notifications(connection, user, 2, unread=1)
        add_trades(connection, user, 3)
    connection.execute("refresh materialized view internal.strategy_performance_agg")


def sign_up(connection: Connection) -> str:
    """Make a user who owns nothing yet."""
    row = connection.execute(_SIGN_UP).fetchone()
    assert row is not None  # an insert of one row returns one
    return str(row[0])


def add_strategies(connection: Connection, user: str, count: int, *, public: bool = False) -> None:
    """Give a user strategies, an hour apart."""
    connection.execute(_STRATEGIES, {"user": user, "count": count, "public": public})


def add_results(connection: Connection, user: str, count: int) -> None:
    """Give each strategy of a user so many results."""
    connection.execute(_RESULTS, {"user": user, "count": count})


def add_jobs(connection: Connection, user: str, count: int, status: str) -> None:
    """Give each strategy of a user so many jobs; none has more under way than any plan allows."""
    most = _LARGEST_QUOTA if status == "queued" else None
    connection.execute(_JOBS, {"user": user, "count": count, "status": status, "most": most})


def add_notifications(connection: Connection, user: str, count: int, unread: int) -> None:
    """Give a user notifications, the first of them unread."""
    connection.execute(_NOTIFICATIONS, {"user": user, "count": count, "unread": unread})


def add_trades(connection: Connection, user: str, count: int) -> None:
    """Give each result of a user so many trades."""
    connection.execute(_TRADES, {"user": user, "count": count})


def some_strategy(connection: Connection, user: str) -> str:
    """Return the id of one strategy of a user."""
    row = connection.execute(
        "select id::text from public.strategies where user_id = %s::uuid order by id limit 1",
        [user],
    ).fetchone()
    assert row is not None  # asked after the user was given one
    return str(row[0])
