-- fault: a table
-- finds: public.planted
create table public.planted (id integer);
grant select on public.planted to authenticated;

-- fault: a column, to PUBLIC
-- finds: internal.notes
create table internal.notes (user_id uuid, id integer, body text);
grant update (body) on internal.notes to public;

-- fault: a partition
-- finds: internal.logs_1
create table internal.logs (id integer, day date) partition by list (day);
create table internal.logs_1 partition of internal.logs default;
alter table internal.logs enable row level security;
grant select on internal.logs_1 to authenticated;

-- harmless: no grant
create table internal.notes (user_id uuid, id integer, body text);

-- fault: a partitioned table
-- finds: internal.logs
create table internal.logs (id integer, day date) partition by list (day);
grant select on internal.logs to authenticated;

-- harmless: a view
create view internal.notes as select 1 as id;
grant select on internal.notes to authenticated;
