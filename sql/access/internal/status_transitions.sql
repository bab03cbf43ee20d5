-- purpose:    Which status may follow which, set by revisions.
-- security:   no role of the API has a right here.
-- complexity: a policy without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.status_transitions
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.status_transitions to hephaitos_internal;

alter table internal.status_transitions enable row level security;
alter table internal.status_transitions force row level security;

drop policy if exists status_transitions_select_internal on internal.status_transitions;
create policy status_transitions_select_internal on internal.status_transitions
for select to hephaitos_internal
using (true);
