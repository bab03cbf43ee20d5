-- fault: none
-- finds: internal.notes
create table internal.notes (user_id uuid, id integer, body text);

-- fault: a partitioned table
-- finds: internal.logs
create table internal.logs (id integer, day date) partition by list (day);
create table internal.logs_1 partition of internal.logs default;

-- fault: another key
-- finds: internal.notes
create table internal.notes (id integer unique);

-- harmless: a table of an extension
create extension citext schema internal;
create table internal.notes (id integer);
alter extension citext add table internal.notes;
