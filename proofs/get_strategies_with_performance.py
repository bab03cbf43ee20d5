"""All strategies of a user: the plan's own query, every backtest read again."""

from proofs.tenants import add_results, add_strategies, sign_up
from toolkit.connect import Connection
from toolkit.verify.promise import Promise

# One row of the answer, the long way.
ROW = """
    strategies.id,
    strategies.name,
    strategies.description,
    strategies.status,
    strategies.created_at,
    strategies.updated_at,
    (
        select round(avg(results.sharpe_ratio), 2) from public.backtest_results as results
        where results.user_id = strategies.user_id and results.strategy_id = strategies.id
    ),
    (
        select round(avg(results.cagr), 2) from public.backtest_results as results
        where results.user_id = strategies.user_id and results.strategy_id = strategies.id
    ),
    (
        select round(avg(results.total_return), 2) from public.backtest_results as results
        where results.user_id = strategies.user_id and results.strategy_id = strategies.id
    ),
    (
        select count(*) from public.backtest_results as results
        where results.user_id = strategies.user_id and results.strategy_id = strategies.id
    ),
    (
        select max(results.created_at) from public.backtest_results as results
        where results.user_id = strategies.user_id and results.strategy_id = strategies.id
    )
"""


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make a user with so many strategies; their backtests are the history."""
    user = sign_up(connection)
    add_strategies(connection, user, size)
    add_results(connection, user, 3 * history)
    return {"p_user_id": user}


PROMISE = Promise(
    function="public.get_strategies_with_performance(uuid)",
    grows="strategies",
    requests="select profiles.id as p_user_id from public.profiles",
    oracle=f"""
        select {ROW}
        from public.strategies
        where strategies.user_id = %(p_user_id)s::uuid
        order by strategies.created_at desc, strategies.id desc
    """,
    fill=fill,
)
