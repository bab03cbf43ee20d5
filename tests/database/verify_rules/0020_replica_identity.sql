-- fault: no primary key
-- finds: internal.notes in publication planted
create table internal.notes (user_id uuid, id integer, body text);
create publication planted for table internal.notes;

-- fault: nothing
-- finds: internal.notes in publication planted
create table internal.notes (user_id uuid, id integer, body text);
alter table internal.notes add primary key (id), replica identity nothing;
create publication planted for table internal.notes;

-- fault: a partition behind its parent
-- finds: internal.logs_1 in publication planted
create table internal.logs (id integer, day date) partition by list (day);
create table internal.logs_1 partition of internal.logs default;
create publication planted for table internal.logs with (publish_via_partition_root);

-- harmless: inserts only
create table internal.notes (user_id uuid, id integer, body text);
create publication planted for table internal.notes with (publish = 'insert');

-- harmless: the whole row
create table internal.notes (user_id uuid, id integer, body text);
alter table internal.notes replica identity full;
create publication planted for table internal.notes;

-- fault: deletes only
-- finds: internal.notes in publication planted
create table internal.notes (user_id uuid, id integer, body text);
create publication planted for table internal.notes with (publish = 'delete');

-- harmless: a primary key
create table internal.notes (id integer primary key);
create publication planted for table internal.notes;

-- harmless: a unique index chosen for it
create table internal.notes (id integer not null);
create unique index notes_id on internal.notes (id);
alter table internal.notes replica identity using index notes_id;
create publication planted for table internal.notes;
