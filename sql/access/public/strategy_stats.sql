-- purpose:    A user reads the totals of their strategies; only triggers write them.
-- security:   derived rows, so not even service_role writes. hephaitos_api reads for the caller
--             alone, or for service_role, whatever its functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.strategy_stats
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.strategy_stats to authenticated, service_role, hephaitos_api;
grant select, insert, update, delete on public.strategy_stats to hephaitos_internal;

alter table public.strategy_stats enable row level security;
alter table public.strategy_stats force row level security;

drop policy if exists strategy_stats_select_own on public.strategy_stats;
create policy strategy_stats_select_own on public.strategy_stats
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists strategy_stats_select_api on public.strategy_stats;
create policy strategy_stats_select_api on public.strategy_stats
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

drop policy if exists strategy_stats_select_internal on public.strategy_stats;
create policy strategy_stats_select_internal on public.strategy_stats
for select to hephaitos_internal
using (true);

drop policy if exists strategy_stats_insert_internal on public.strategy_stats;
create policy strategy_stats_insert_internal on public.strategy_stats
for insert to hephaitos_internal
with check (true);

drop policy if exists strategy_stats_update_internal on public.strategy_stats;
create policy strategy_stats_update_internal on public.strategy_stats
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists strategy_stats_delete_internal on public.strategy_stats;
create policy strategy_stats_delete_internal on public.strategy_stats
for delete to hephaitos_internal
using (true);
