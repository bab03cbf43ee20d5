-- purpose:    A profile is seen and edited by the user it belongs to.
-- security:   users never write email (the sign-in service owns it) nor plan (billing owns it).
--             hephaitos_api reads the plan, for the caller alone, or for service_role.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.profiles
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.profiles to authenticated;
grant insert (id, display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant update (display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;
grant select (id, plan) on public.profiles to hephaitos_api;

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

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists profiles_select_api on public.profiles;
create policy profiles_select_api on public.profiles
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else id = (select auth.uid())
    end
);
