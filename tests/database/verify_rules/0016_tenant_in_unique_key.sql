-- fault: a primary key
-- finds: constraint notes_pkey on internal.notes
create table internal.notes (id integer primary key, user_id uuid);

-- fault: an index that only includes it
-- finds: index internal.notes_id on internal.notes
create table internal.notes (user_id uuid, id integer, body text);
create unique index notes_id on internal.notes (id) include (user_id);

-- fault: a comment about something else
-- finds: constraint notes_pkey on internal.notes
create table internal.notes (id integer primary key);
comment on constraint notes_pkey on internal.notes is 'a number';

-- harmless: a constraint declared global
create table internal.notes (id integer primary key);
comment on constraint notes_pkey on internal.notes is 'global: numbered for everybody';

-- harmless: an index declared global
create table internal.notes (user_id uuid, id integer, body text);
create unique index notes_id on internal.notes (id);
comment on index internal.notes_id is 'global: numbered for everybody';

-- fault: a partitioned table, and not each of its partitions
-- finds: constraint logs_pkey on internal.logs
create table internal.logs (id integer primary key) partition by list (id);
create table internal.logs_1 partition of internal.logs default;

-- harmless: an index that may repeat itself
create table internal.notes (user_id uuid, id integer, body text);
create index on internal.notes (id);

-- harmless: a materialized view, which is not divided by tenant
create materialized view internal.planted as select 1 as one;
create unique index on internal.planted (one);
