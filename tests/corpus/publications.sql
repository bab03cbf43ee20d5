-- Publications, what is published, and what identifies a row to subscribers.

-- case: a publication comes with its tables and goes with them
-- there: create publication app; create publication app of table app.t
-- back: drop publication app; 1 statement
-- common
create table app.t (a integer primary key);
create table app.u (a integer primary key);
-- a
-- b
create publication app for table app.t, app.u with (publish = 'insert, update');
comment on publication app is 'changes';

-- case: a table more
-- there: 1 statement
-- back: 1 statement; drop publication app of table app.u
-- common
create table app.t (a integer primary key);
create table app.u (a integer primary key);
create publication app for table app.t;
-- a
-- b
alter publication app add table app.u;

-- case: what is published of a table
-- both: detach publication app of table app.t; 2 statements; never drop publication app
-- common
create table app.t (a integer primary key, "B" integer, c integer);
-- a
create publication app for table app.t (a, "B") where (a > 1);
-- b
create publication app for table app.t (a, c) where (a > 2);

-- case: options change in place
-- both: 2 statements; alter publication app
-- common
create table app.t (a integer primary key);
-- a
create publication app for table app.t;
-- b
create publication app for table app.t with (publish = 'delete', publish_via_partition_root = true);

-- case: a row filter that calls nothing of ours, in a table of a quoted name
-- there: 1 statement; create publication app of table app."T"
-- back: 1 statement; drop publication app of table app."T"
-- common
create table app."T" ("A" integer primary key);
create publication app;
-- a
-- b
alter publication app add table app."T" where ("A" > 1);

-- case: a publication of all tables
-- as: superuser
-- both: detach publication app; create publication app
-- common
create table app.t (a integer primary key);
-- a
create publication app for table app.t;
-- b
create publication app for all tables;

-- case: a publication of a schema
-- as: superuser
-- there: create publication app of schema app; 1 statement
-- back: drop publication app of schema app; 1 statement
-- common
create table app.t (a integer primary key);
create publication app;
-- a
-- b
alter publication app add tables in schema app;

-- case: a partitioned table is published by its root
-- there: 1 statement
-- common
create table app.t (a integer primary key) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create publication app with (publish_via_partition_root = true);
-- a
-- b
alter publication app add table app.t;

-- case: the whole row identifies it
-- both: 1 statement; alter table app.t
-- common
create table app.t (a integer primary key);
-- a
-- b
alter table app.t replica identity full;

-- case: an index identifies a row, or nothing does
-- both: 1 statement; alter table app.t
-- common
create table app.t (a integer primary key, b integer not null);
create unique index "T b" on app.t (b);
-- a
alter table app.t replica identity nothing;
-- b
alter table app.t replica identity using index "T b";

-- case: the owner of a publication
-- as: superuser
-- both: 1 statement; alter publication app
-- common
create table app.t (a integer primary key);
create publication app for table app.t;
-- a
-- b
alter publication app owner to migrator;
