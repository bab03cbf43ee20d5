"""The ranking, counted from the results themselves; everybody is told the same."""

from proofs.tenants import add_results, add_strategies, sign_up
from toolkit.connect import Connection
from toolkit.verify.promise import Promise


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Rank so many strategies; their backtests are the history."""
    user = sign_up(connection)
    add_strategies(connection, user, size, public=True)
    add_results(connection, user, 3 * history)
    connection.execute("refresh materialized view internal.strategy_performance_agg")
    return {"p_sort_by": "sharpe", "p_limit": "100"}


PROMISE = Promise(
    function="public.get_leaderboard(text, integer, integer)",
    grows="ranked strategies",
    requests="""
        select sort.p_sort_by, page.p_limit, page.p_offset
        from (values ('sharpe'), ('cagr'), ('return'), ('name'), (null)) as sort (p_sort_by)
        cross join (values (null, null), (1, 1), (2, 0), (0, -1)) as page (p_limit, p_offset)
    """,
    refusal="""
        select case
            when coalesce(%(p_sort_by)s::text, '') not in ('sharpe', 'cagr', 'return') then '22023'
        end
    """,
    oracle="""
        select
            row_number() over (order by
                case %(p_sort_by)s::text
                    when 'sharpe' then figures.sharpe
                    when 'cagr' then figures.cagr
                    else figures.gain
                end desc, strategies.id
            ),
            strategies.id, strategies.name, round(figures.sharpe, 2), round(figures.cagr, 2),
            round(figures.gain, 2), figures.number, figures.last_at
        from public.strategies
        cross join lateral (
            select avg(sharpe_ratio), avg(cagr), avg(total_return), count(*), max(created_at)
            from public.backtest_results
            where backtest_results.user_id = strategies.user_id
                and backtest_results.strategy_id = strategies.id
        ) as figures (sharpe, cagr, gain, number, last_at)
        where strategies.is_public and strategies.status <> 'archived' and figures.number >= 3
            and case %(p_sort_by)s::text
                when 'sharpe' then figures.sharpe
                when 'cagr' then figures.cagr
                else figures.gain
            end is not null
        order by 1
        limit greatest(coalesce(%(p_limit)s::integer, 50), 1)
        offset greatest(coalesce(%(p_offset)s::integer, 0), 0)
    """,
    fill=fill,
)
