-- fault: by default
-- finds: public.planted
create table public.planted (id integer);

-- fault: a column, to PUBLIC
-- finds: internal.notes
create table internal.notes (user_id uuid, id integer, body text);
grant select (body) on internal.notes to public;

-- fault: a sequence
-- finds: internal.planted
create sequence internal.planted;
grant usage on sequence internal.planted to anon;

-- harmless: a table of an extension
create extension citext schema internal;
create table internal.notes (id integer);
grant select on internal.notes to anon;
alter extension citext add table internal.notes;
