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
