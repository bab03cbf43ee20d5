set local lock_timeout = '2s';

-- changes: 1 function changed
-- locks:   none
-- loses:   nothing

-- file: sql/functions/internal/count_deleted_results_trigger.sql
-- purpose:    Take deleted results out of the totals of their strategies.
-- security:   definer: writers of results have no right to write totals.
-- complexity: O(n log t) for n deleted rows among t totals, which are never read whole, whosoever
--             they are; where the newest went, one index probe for the next newest.
-- callers:    trigger t50_count_deleted_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do, before it reads results:
--             whoever held a lock has committed, so that the next newest is seen.

create or replace function internal.count_deleted_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
    if not exists (select from old_rows) then
        return null;
    end if;

    -- No totals are left when the strategy itself goes: then nothing below finds a row.
    perform from public.strategy_stats as stats
    where (stats.user_id, stats.strategy_id)
        in (select old_rows.user_id, old_rows.strategy_id from old_rows)
    order by stats.user_id, stats.strategy_id
    for update;

    with gone as (
        select
            old_rows.user_id,
            old_rows.strategy_id,
            count(*) as backtest_count,
            count(old_rows.sharpe_ratio) as sharpe_count,
            coalesce(sum(old_rows.sharpe_ratio), 0) as sharpe_total,
            count(old_rows.cagr) as cagr_count,
            coalesce(sum(old_rows.cagr), 0) as cagr_total,
            sum(old_rows.total_return) as return_total,
            max(old_rows.created_at) as last_backtest_at
        from old_rows
        group by old_rows.user_id, old_rows.strategy_id
    ),
    emptied as (
        delete from public.strategy_stats as stats
        using gone
        where stats.user_id = gone.user_id
            and stats.strategy_id = gone.strategy_id
            and stats.backtest_count = gone.backtest_count
    )
    update public.strategy_stats as stats
    set
        backtest_count = stats.backtest_count - gone.backtest_count,
        sharpe_count = stats.sharpe_count - gone.sharpe_count,
        sharpe_total = stats.sharpe_total - gone.sharpe_total,
        cagr_count = stats.cagr_count - gone.cagr_count,
        cagr_total = stats.cagr_total - gone.cagr_total,
        return_total = stats.return_total - gone.return_total,
        last_backtest_at = case
            when gone.last_backtest_at < stats.last_backtest_at then stats.last_backtest_at
            else (
                select max(backtest_results.created_at)
                from public.backtest_results
                where backtest_results.user_id = stats.user_id
                    and backtest_results.strategy_id = stats.strategy_id
            )
        end
    from gone
    where stats.user_id = gone.user_id
        and stats.strategy_id = gone.strategy_id
        and stats.backtest_count <> gone.backtest_count;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_deleted_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_deleted_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_deleted_results_trigger() is
'Takes deleted results out of public.strategy_stats.';
