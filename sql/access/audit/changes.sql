-- purpose:    The record of what changed is written by triggers and read by services.
-- security:   append-only for everyone: nobody is granted update, delete or truncate, and no role
--             of the API may even enter the schema.
-- complexity: one policy check per row.
-- callers:    hephaitos_internal, inside the trigger functions it owns.

revoke all on audit.changes
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, insert on audit.changes to hephaitos_internal;

revoke all on sequence audit.changes_seq_seq
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table audit.changes enable row level security;
alter table audit.changes force row level security;

drop policy if exists changes_select_internal on audit.changes;
create policy changes_select_internal on audit.changes
for select to hephaitos_internal
using (true);

drop policy if exists changes_insert_internal on audit.changes;
create policy changes_insert_internal on audit.changes
for insert to hephaitos_internal
with check (true);
