set local lock_timeout = '2s';

-- changes: 1 table changed, 2 indexes dropped, 1 index made, 1 function dropped, 1 policy dropped
-- locks:   access exclusive on public.backtest_results and public.notifications
-- loses:   nothing

-- change:
drop function public.get_dashboard(uuid);
drop policy notifications_select_api on public.notifications;

create index notifications_user_id_created_at_idx
on public.notifications (user_id, created_at) where read_at is null;
drop index public.notifications_user_id_created_at_id_idx;
drop index public.backtest_results_user_id_created_at_id_idx;

-- file: sql/access/public/notifications.sql
-- purpose:    A user reads their notifications and marks them as read; services write them.
-- security:   users change read_at and nothing else, so that nobody can put words in our mouth.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.notifications
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;

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
