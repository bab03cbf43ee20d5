-- purpose:    A strategy is seen and edited by the user it belongs to, and by nobody else: a public
--             one shows in the ranking, by functions that leave its config out.
-- security:   user_id is given once, at insert: no grant lets a user change it. hephaitos_api reads
--             for the caller alone, or for service_role, whatever its functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.strategies
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.strategies to authenticated;
grant insert (id, user_id, name, description, config, is_public)
on public.strategies to authenticated;
grant update (name, description, status, config, is_public) on public.strategies to authenticated;
grant select, insert, update, delete on public.strategies to service_role;
grant select on public.strategies to hephaitos_api, hephaitos_internal;
grant update (status, status_before_backtesting, last_activity_at)
on public.strategies to hephaitos_internal;

alter table public.strategies enable row level security;
alter table public.strategies force row level security;

drop policy if exists strategies_select_own on public.strategies;
create policy strategies_select_own on public.strategies
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists strategies_insert_own on public.strategies;
create policy strategies_insert_own on public.strategies
for insert to authenticated
with check (user_id = (select auth.uid()));

drop policy if exists strategies_update_own on public.strategies;
create policy strategies_update_own on public.strategies
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists strategies_delete_own on public.strategies;
create policy strategies_delete_own on public.strategies
for delete to authenticated
using (user_id = (select auth.uid()));

-- "or" instead of "case" lets the planner expect next to no rows and probe totals one by one:
-- 20,000 buffers instead of 300 for 5,000 strategies.
drop policy if exists strategies_select_api on public.strategies;
create policy strategies_select_api on public.strategies
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- The ranking is made of everybody's strategies.
drop policy if exists strategies_select_internal on public.strategies;
create policy strategies_select_internal on public.strategies
for select to hephaitos_internal
using (true);

-- A strategy goes along with its jobs, whoever's they are.
drop policy if exists strategies_update_internal on public.strategies;
create policy strategies_update_internal on public.strategies
for update to hephaitos_internal
using (true)
with check (true);
