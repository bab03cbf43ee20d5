-- purpose:    Where the feed of changes began, and on which cluster.
-- security:   no role of the API has a right here, workers neither.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal reads; who owns the record begins an epoch.

revoke all on internal.feed_epochs
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.feed_epochs to hephaitos_internal;

alter table internal.feed_epochs enable row level security;
alter table internal.feed_epochs force row level security;

drop policy if exists feed_epochs_select_internal on internal.feed_epochs;
create policy feed_epochs_select_internal on internal.feed_epochs
for select to hephaitos_internal
using (true);
