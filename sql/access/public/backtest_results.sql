-- purpose:    A user reads the results of their backtests; services write them.
-- security:   users only read, so that nobody can invent a figure that the ranking shows.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.backtest_results
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_results to authenticated;
grant select, insert, update, delete on public.backtest_results to service_role;
grant select on public.backtest_results to hephaitos_api, hephaitos_internal;

alter table public.backtest_results enable row level security;
alter table public.backtest_results force row level security;

drop policy if exists backtest_results_select_own on public.backtest_results;
create policy backtest_results_select_own on public.backtest_results
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists backtest_results_select_api on public.backtest_results;
create policy backtest_results_select_api on public.backtest_results
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- The triggers that keep strategy_stats serve every writer, so they see every row.
drop policy if exists backtest_results_select_internal on public.backtest_results;
create policy backtest_results_select_internal on public.backtest_results
for select to hephaitos_internal
using (true);
