-- purpose:    How far each consumer of the feed of changes has come.
-- security:   no role of the API has a right here, workers neither.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, through the functions of the feed.

revoke all on internal.feed_consumers
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, update, delete on internal.feed_consumers to hephaitos_internal;

alter table internal.feed_consumers enable row level security;
alter table internal.feed_consumers force row level security;

drop policy if exists feed_consumers_select_internal on internal.feed_consumers;
create policy feed_consumers_select_internal on internal.feed_consumers
for select to hephaitos_internal
using (true);

drop policy if exists feed_consumers_insert_internal on internal.feed_consumers;
create policy feed_consumers_insert_internal on internal.feed_consumers
for insert to hephaitos_internal
with check (true);

drop policy if exists feed_consumers_update_internal on internal.feed_consumers;
create policy feed_consumers_update_internal on internal.feed_consumers
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists feed_consumers_delete_internal on internal.feed_consumers;
create policy feed_consumers_delete_internal on internal.feed_consumers
for delete to hephaitos_internal
using (true);
