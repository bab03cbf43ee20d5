set local lock_timeout = '2s';

-- changes: 6 columns changed, 3 functions dropped, 2 policies dropped
-- locks:   access exclusive on public.backtest_jobs and public.profiles
-- loses:   nothing

-- change:
drop function public.create_backtest_job(uuid, uuid, jsonb, text);
drop function internal.find_config_fault(jsonb);
drop function internal.get_job_quota(text);

drop policy profiles_select_api on public.profiles;
drop policy backtest_jobs_insert_api on public.backtest_jobs;

-- file: sql/access/public/profiles.sql
-- purpose:    A profile is seen and edited by the user it belongs to.
-- security:   users never write email (the sign-in service owns it) nor plan (billing owns it).
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.profiles
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.profiles to authenticated;
grant insert (id, display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant update (display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;

alter table public.profiles enable row level security;
alter table public.profiles force row level security;

drop policy if exists profiles_select_own on public.profiles;
create policy profiles_select_own on public.profiles
for select to authenticated
using (id = (select auth.uid()));

drop policy if exists profiles_insert_own on public.profiles;
create policy profiles_insert_own on public.profiles
for insert to authenticated
with check (id = (select auth.uid()));

drop policy if exists profiles_update_own on public.profiles;
create policy profiles_update_own on public.profiles
for update to authenticated
using (id = (select auth.uid()))
with check (id = (select auth.uid()));

-- file: sql/access/public/backtest_jobs.sql
-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated, hephaitos_api;
grant select, insert, update, delete on public.backtest_jobs to service_role;

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
