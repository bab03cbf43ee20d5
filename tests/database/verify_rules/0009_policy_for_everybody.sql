-- fault: no TO
-- finds: policy planted on internal.notes
create table internal.notes (user_id uuid, id integer, body text);
create policy planted on internal.notes using (true);
