-- purpose:    The ranking: public strategies with three backtests or more, and their places by
--             sharpe ratio, by growth a year and by return. No place where the figure is unknown.
-- security:   materialized, so without row security: its schema keeps the API's roles out, and
--             public.get_leaderboard() reads it for them.
-- complexity: a refresh reads every public strategy and its totals once, never a backtest.
-- callers:    public.get_leaderboard().
-- order:      by the exact averages; of two equal ones the strategy with the lower id is ahead, so
--             that a place is one strategy's.

create materialized view internal.strategy_performance_agg as
with averages as (
    select
        strategies.id as strategy_id,
        strategies.user_id,
        stats.backtest_count,
        stats.last_backtest_at,
        stats.sharpe_total / nullif(stats.sharpe_count, 0) as sharpe,
        stats.cagr_total / nullif(stats.cagr_count, 0) as cagr,
        stats.return_total / stats.backtest_count as total_return
    from public.strategies
    inner join public.strategy_stats as stats
        on strategies.user_id = stats.user_id and strategies.id = stats.strategy_id
    where
        strategies.is_public
        and strategies.status <> 'archived'
        and stats.backtest_count >= 3
)

select
    strategy_id,
    user_id,
    backtest_count,
    last_backtest_at,
    round(sharpe, 2) as avg_sharpe,
    round(cagr, 2) as avg_cagr,
    round(total_return, 2) as avg_return,
    case
        when sharpe is not null
            then row_number() over (order by sharpe desc nulls last, strategy_id asc)
    end as sharpe_rank,
    case
        when cagr is not null
            then row_number() over (order by cagr desc nulls last, strategy_id asc)
    end as cagr_rank,
    row_number() over (order by total_return desc, strategy_id asc) as return_rank
from averages;

-- Whole and plain, as a refresh beside readers needs it. All four before anybody reads the view.
-- squawk-ignore require-concurrent-index-creation
create unique index strategy_performance_agg_strategy_id_idx
on internal.strategy_performance_agg (strategy_id);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_sharpe_rank_idx
on internal.strategy_performance_agg (sharpe_rank);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_cagr_rank_idx
on internal.strategy_performance_agg (cagr_rank);
-- squawk-ignore require-concurrent-index-creation
create index strategy_performance_agg_return_rank_idx
on internal.strategy_performance_agg (return_rank);

grant create on schema internal to hephaitos_internal;
alter materialized view internal.strategy_performance_agg owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on internal.strategy_performance_agg
from public, anon, authenticated, service_role, hephaitos_api;

comment on materialized view internal.strategy_performance_agg is
'The ranking of public strategies with three backtests or more, as of its last refresh.';
