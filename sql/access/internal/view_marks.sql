-- purpose:    Triggers mark views that were written to; the refresher takes the marks away.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.view_marks
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, delete on internal.view_marks to hephaitos_internal;

alter table internal.view_marks enable row level security;
alter table internal.view_marks force row level security;

drop policy if exists view_marks_select_internal on internal.view_marks;
create policy view_marks_select_internal on internal.view_marks
for select to hephaitos_internal
using (true);

drop policy if exists view_marks_insert_internal on internal.view_marks;
create policy view_marks_insert_internal on internal.view_marks
for insert to hephaitos_internal
with check (true);

drop policy if exists view_marks_delete_internal on internal.view_marks;
create policy view_marks_delete_internal on internal.view_marks
for delete to hephaitos_internal
using (true);
