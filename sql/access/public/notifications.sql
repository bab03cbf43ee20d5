-- purpose:    A user reads their notifications and marks them as read; services write them.
-- security:   users change read_at and nothing else, so that nobody can put words in our mouth.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.notifications
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;
grant select on public.notifications to hephaitos_api;

alter table public.notifications enable row level security;
alter table public.notifications force row level security;

drop policy if exists notifications_select_own on public.notifications;
create policy notifications_select_own on public.notifications
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists notifications_update_own on public.notifications;
create policy notifications_update_own on public.notifications
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists notifications_delete_own on public.notifications;
create policy notifications_delete_own on public.notifications
for delete to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists notifications_select_api on public.notifications;
create policy notifications_select_api on public.notifications
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);
