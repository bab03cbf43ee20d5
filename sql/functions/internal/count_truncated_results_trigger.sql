-- purpose:    No results are left, so no totals are.
-- security:   definer: who empties results has no right to write totals.
-- complexity: O(s) for s strategies; TRUNCATE itself keeps every other writer away.
-- callers:    trigger t50_count_truncated_results on public.backtest_results.

create or replace function internal.count_truncated_results_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    -- Not TRUNCATE: "truncate strategies cascade" still holds strategy_stats open here.
    delete from public.strategy_stats;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.count_truncated_results_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.count_truncated_results_trigger()
from public, anon, authenticated, service_role;

comment on function internal.count_truncated_results_trigger() is
'Empties public.strategy_stats after its results were truncated.';
