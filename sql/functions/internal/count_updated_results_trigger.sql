-- purpose:    Follow corrected results, and results that move between strategies, in the totals.
-- security:   definer: writers of results have no right to write totals.
-- complexity: O(n) for n updated rows; returns before any lock when no counted column changed;
--             where the newest moved away, one index probe for the next newest.
-- callers:    trigger t50_count_updated_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do, both sides of a move in
--             one go and before it reads results.

create or replace function internal.count_updated_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if not exists (
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return from new_rows
        except all
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return from old_rows
    ) then
        return null;
    end if;

    -- Lock what is there, make what is missing, in one order; "where false" leaves rows as they are.
    insert into public.strategy_stats (user_id, strategy_id, last_backtest_at)
    select keys.user_id, keys.strategy_id, '-infinity'
    from (
        select old_rows.user_id, old_rows.strategy_id from old_rows
        union
        select new_rows.user_id, new_rows.strategy_id from new_rows
    ) as keys
    order by keys.user_id, keys.strategy_id
    on conflict (user_id, strategy_id) do update set backtest_count = 0 where false;

    with changed as (
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return, -1 as weight
        from old_rows
        union all
        select user_id, strategy_id, created_at, sharpe_ratio, cagr, total_return, 1 as weight
        from new_rows
    ),
    delta as (
        select
            changed.user_id,
            changed.strategy_id,
            sum(weight) as backtest_count,
            coalesce(sum(weight) filter (where sharpe_ratio is not null), 0) as sharpe_count,
            coalesce(sum(weight * sharpe_ratio), 0) as sharpe_total,
            coalesce(sum(weight) filter (where cagr is not null), 0) as cagr_count,
            coalesce(sum(weight * cagr), 0) as cagr_total,
            sum(weight * total_return) as return_total,
            max(created_at) filter (where weight = -1) as gone_at,
            max(created_at) filter (where weight = 1) as come_at
        from changed
        group by changed.user_id, changed.strategy_id
    ),
    emptied as (
        delete from public.strategy_stats as stats
        using delta
        where stats.user_id = delta.user_id
            and stats.strategy_id = delta.strategy_id
            and stats.backtest_count + delta.backtest_count = 0
    )
    update public.strategy_stats as stats
    set
        backtest_count = stats.backtest_count + delta.backtest_count,
        sharpe_count = stats.sharpe_count + delta.sharpe_count,
        sharpe_total = stats.sharpe_total + delta.sharpe_total,
        cagr_count = stats.cagr_count + delta.cagr_count,
        cagr_total = stats.cagr_total + delta.cagr_total,
        return_total = stats.return_total + delta.return_total,
        last_backtest_at = case
            when delta.gone_at >= stats.last_backtest_at then (
                select max(backtest_results.created_at)
                from public.backtest_results
                where backtest_results.user_id = stats.user_id
                    and backtest_results.strategy_id = stats.strategy_id
            )
            else greatest(stats.last_backtest_at, delta.come_at)
        end
    from delta
    where stats.user_id = delta.user_id
        and stats.strategy_id = delta.strategy_id
        and stats.backtest_count + delta.backtest_count <> 0;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_updated_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_updated_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_updated_results_trigger() is
'Follows updated results in public.strategy_stats.';
