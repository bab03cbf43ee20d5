-- purpose:    Add new results to the totals of their strategies.
-- security:   definer: writers of results may not write totals. Reads only the rows at hand.
-- complexity: O(n) for n new rows, one upsert per strategy; independent of the results there are.
-- callers:    trigger t50_count_inserted_results on public.backtest_results.
-- order:      locks totals by (user_id, strategy_id), as its siblings do: single statements cannot
--             deadlock on them. A transaction of several statements should keep that order too.

create or replace function internal.count_inserted_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if not exists (select from new_rows) then
        return null;
    end if;

    insert into public.strategy_stats as stats (
        user_id, strategy_id, backtest_count, sharpe_count, sharpe_total, cagr_count, cagr_total,
        return_total, last_backtest_at
    )
    select
        new_rows.user_id,
        new_rows.strategy_id,
        count(*),
        count(new_rows.sharpe_ratio),
        coalesce(sum(new_rows.sharpe_ratio), 0),
        count(new_rows.cagr),
        coalesce(sum(new_rows.cagr), 0),
        sum(new_rows.total_return),
        max(new_rows.created_at)
    from new_rows
    group by new_rows.user_id, new_rows.strategy_id
    order by new_rows.user_id, new_rows.strategy_id
    on conflict (user_id, strategy_id) do update
    set
        backtest_count = stats.backtest_count + excluded.backtest_count,
        sharpe_count = stats.sharpe_count + excluded.sharpe_count,
        sharpe_total = stats.sharpe_total + excluded.sharpe_total,
        cagr_count = stats.cagr_count + excluded.cagr_count,
        cagr_total = stats.cagr_total + excluded.cagr_total,
        return_total = stats.return_total + excluded.return_total,
        last_backtest_at = greatest(stats.last_backtest_at, excluded.last_backtest_at);
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_inserted_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_inserted_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_inserted_results_trigger() is
'Adds inserted results to public.strategy_stats.';
