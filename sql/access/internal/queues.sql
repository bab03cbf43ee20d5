-- purpose:    How patient each queue is, set by revisions and by whoever operates it.
-- security:   no role of the API has a right here, workers neither.
-- complexity: a policy without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.queues
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.queues to hephaitos_internal;

alter table internal.queues enable row level security;
alter table internal.queues force row level security;

drop policy if exists queues_select_internal on internal.queues;
create policy queues_select_internal on internal.queues
for select to hephaitos_internal
using (true);
