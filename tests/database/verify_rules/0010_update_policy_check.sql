create table internal.notes (user_id uuid, id integer, body text);

-- fault: for update
-- finds: policy planted on internal.notes
create policy planted on internal.notes for update to authenticated
using (true);

-- fault: for all
-- finds: policy planted on internal.notes
create policy planted on internal.notes to authenticated
using (true);

-- harmless: for select
create policy planted on internal.notes for select to authenticated
using (true);
