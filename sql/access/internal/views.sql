-- purpose:    Which views refresh themselves, set by revisions and by whoever operates them.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.views
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.views to hephaitos_internal;

alter table internal.views enable row level security;
alter table internal.views force row level security;

drop policy if exists views_select_internal on internal.views;
create policy views_select_internal on internal.views
for select to hephaitos_internal
using (true);
