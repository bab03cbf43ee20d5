-- purpose:    The log of refreshes is written by the refresher.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.view_refreshes
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, delete on internal.view_refreshes to hephaitos_internal;

revoke all on sequence internal.view_refreshes_id_seq
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;

alter table internal.view_refreshes enable row level security;
alter table internal.view_refreshes force row level security;

drop policy if exists view_refreshes_select_internal on internal.view_refreshes;
create policy view_refreshes_select_internal on internal.view_refreshes
for select to hephaitos_internal
using (true);

drop policy if exists view_refreshes_insert_internal on internal.view_refreshes;
create policy view_refreshes_insert_internal on internal.view_refreshes
for insert to hephaitos_internal
with check (true);

drop policy if exists view_refreshes_delete_internal on internal.view_refreshes;
create policy view_refreshes_delete_internal on internal.view_refreshes
for delete to hephaitos_internal
using (true);
