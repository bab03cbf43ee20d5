-- purpose:    Messages of all queues are written by the functions of queues and by nothing else.
-- security:   no role of the API has a right here, workers neither: those call functions. None on
--             the partitions: a statement addressed to one would go around the triggers.
-- complexity: policies without a condition: one role alone has rights, and sees every row.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.messages, internal.notification_queue
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, update, delete on internal.messages to hephaitos_internal;

revoke all on sequence internal.messages_id_seq
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant usage on sequence internal.messages_id_seq to hephaitos_internal;

alter table internal.messages enable row level security;
alter table internal.messages force row level security;
alter table internal.notification_queue enable row level security;
alter table internal.notification_queue force row level security;

drop policy if exists messages_select_internal on internal.messages;
create policy messages_select_internal on internal.messages
for select to hephaitos_internal
using (true);

drop policy if exists messages_insert_internal on internal.messages;
create policy messages_insert_internal on internal.messages
for insert to hephaitos_internal
with check (true);

drop policy if exists messages_update_internal on internal.messages;
create policy messages_update_internal on internal.messages
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists messages_delete_internal on internal.messages;
create policy messages_delete_internal on internal.messages
for delete to hephaitos_internal
using (true);
