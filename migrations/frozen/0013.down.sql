set local lock_timeout = '2s';

-- changes: 2 tables changed, 1 index made, 3 functions dropped, 2 policies dropped
-- locks:   access exclusive on public.backtest_jobs and public.backtest_results
-- loses:   nothing

-- change:
drop function public.get_strategy_detail(uuid, uuid);
drop function internal.describe_job(public.backtest_jobs);
drop function internal.describe_result(public.backtest_results);

drop policy backtest_jobs_select_api on public.backtest_jobs;
drop policy backtest_results_select_api on public.backtest_results;

-- file: sql/access/public/backtest_jobs.sql
-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated;
grant select, insert, update, delete on public.backtest_jobs to service_role;

alter table public.backtest_jobs enable row level security;
alter table public.backtest_jobs force row level security;

drop policy if exists backtest_jobs_select_own on public.backtest_jobs;
create policy backtest_jobs_select_own on public.backtest_jobs
for select to authenticated
using (user_id = (select auth.uid()));

-- file: sql/access/public/backtest_results.sql
-- purpose:    A user reads the results of their backtests; services write them.
-- security:   users only read, so that nobody can invent a figure that the ranking shows.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated and hephaitos_internal through policies; service_role past them.

revoke all on public.backtest_results
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_results to authenticated;
grant select, insert, update, delete on public.backtest_results to service_role;
grant select on public.backtest_results to hephaitos_internal;

alter table public.backtest_results enable row level security;
alter table public.backtest_results force row level security;

drop policy if exists backtest_results_select_own on public.backtest_results;
create policy backtest_results_select_own on public.backtest_results
for select to authenticated
using (user_id = (select auth.uid()));

-- The triggers that keep strategy_stats serve every writer, so they see every row.
drop policy if exists backtest_results_select_internal on public.backtest_results;
create policy backtest_results_select_internal on public.backtest_results
for select to hephaitos_internal
using (true);

-- change:
create index backtest_results_user_id_strategy_id_created_at_idx
on public.backtest_results (user_id, strategy_id, created_at);
