create table internal.notes (user_id uuid, id integer, body text);

-- fault: bare
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (user_id = auth.uid());

-- fault: one wrapped and one bare
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (user_id = (select auth.uid()) or user_id = auth.uid());

-- fault: in WITH CHECK
-- finds: policy planted on internal.notes
create policy planted on internal.notes for update to authenticated
using (user_id = (select auth.uid())) with check (user_id = auth.uid());

-- fault: a claim out of jsonb
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using ((auth.jwt() -> 'app_metadata' ->> 'team') = body);

-- fault: current_setting
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using ((current_setting('request.jwt.claims', true)::jsonb ->> 'sub') = body);

-- fault: a wrapper of the tenant's own
-- finds: policy planted on internal.notes
create function internal.whoami() returns uuid language sql stable as 'select auth.uid()';
create policy planted on internal.notes for select to authenticated
using (user_id = internal.whoami());

-- fault: inside exists
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (exists (select from auth.users where users.id = auth.uid()));

-- fault: wrapped together with a column
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using ((select auth.uid() = user_id));

-- fault: as an argument beside a column
-- finds: policy planted on internal.notes
create function internal.owns(uuid, uuid) returns boolean language sql stable
as 'select $1 = $2';
create policy planted on internal.notes for select to authenticated
using (internal.owns(user_id, auth.uid()));

-- fault: once a row of another table
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (user_id in (select auth.uid() from auth.users));

-- fault: behind a constant with braces
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (body <> '{QUERY } }' and user_id = auth.uid());

-- fault: behind a name with braces
-- finds: policy planted on internal.notes
create policy planted on internal.notes for select to authenticated
using (
    body in (select "{QUERY }".email from auth.users as "{QUERY }")
    and user_id = auth.uid()
);

-- harmless: wrapped, then cast
create policy planted on internal.notes for select to authenticated
using (body = (select auth.uid())::text);

-- harmless: wrapped inside exists
create policy planted on internal.notes for select to authenticated
using (exists (select from auth.users where users.id = (select auth.uid())));

-- harmless: of a column
create function internal.shown(uuid) returns boolean language sql stable as 'select true';
create policy planted on internal.notes for select to authenticated
using (internal.shown(user_id) and now() > 'epoch');
