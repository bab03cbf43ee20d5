-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
--             hephaitos_api reads and asks for the caller alone, or for service_role, whatever its
--             functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated, hephaitos_api;
grant select, insert, update, delete on public.backtest_jobs to service_role;
grant insert (user_id, strategy_id, config, idempotency_key)
on public.backtest_jobs to hephaitos_api;
grant select, update (status, finished_at) on public.backtest_jobs to hephaitos_internal;

alter table public.backtest_jobs enable row level security;
alter table public.backtest_jobs force row level security;

drop policy if exists backtest_jobs_select_own on public.backtest_jobs;
create policy backtest_jobs_select_own on public.backtest_jobs
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists backtest_jobs_select_api on public.backtest_jobs;
create policy backtest_jobs_select_api on public.backtest_jobs
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

drop policy if exists backtest_jobs_insert_api on public.backtest_jobs;
create policy backtest_jobs_insert_api on public.backtest_jobs
for insert to hephaitos_api
with check (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- A job is cancelled with its strategy, whoever's they are.
drop policy if exists backtest_jobs_select_internal on public.backtest_jobs;
create policy backtest_jobs_select_internal on public.backtest_jobs
for select to hephaitos_internal
using (true);

drop policy if exists backtest_jobs_update_internal on public.backtest_jobs;
create policy backtest_jobs_update_internal on public.backtest_jobs
for update to hephaitos_internal
using (true)
with check (true);
