-- fault: never enabled
-- finds: internal.notes
create table internal.notes (user_id uuid, id integer, body text);
create policy planted on internal.notes for select to authenticated
using (true);
