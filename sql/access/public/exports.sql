-- purpose:    A user follows the files they asked for; services make them and clean them up.
-- security:   users only read: path decides what storage hands out.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.exports
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.exports to authenticated;
grant select, insert, update, delete on public.exports to service_role;

alter table public.exports enable row level security;
alter table public.exports force row level security;

drop policy if exists exports_select_own on public.exports;
create policy exports_select_own on public.exports
for select to authenticated
using (user_id = (select auth.uid()));
