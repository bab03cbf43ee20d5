-- Tables, columns, types and sequences: left to people, named, and nothing half done around them.

-- case: a table is missing, with all that is in it
-- there: unplanned table app.t; 0 statements
-- back: unplanned table app.t; 0 statements
-- a
-- b
create table app.t (a serial primary key, b text unique, check (a > 1));
create index t_b_idx on app.t (b);
comment on column app.t.b is 'a name';

-- case: what waits for a missing table is named, what does not is planned
-- there: unplanned table app.t; unplanned view app.v; unplanned function app.f()
-- there: create view app.w; 1 statement; unplanned view app.x
-- back: unplanned table app.t; 4 statements
-- common
create table app.u (a integer);
-- a
-- b
create table app.t (a integer);
create view app.v as select a from app.t;
create view app.x as select a from app.v;
create view app.w as select a from app.u;
create function app.f() returns setof app.t language sql as 'select a from app.t';

-- case: triggers, policies and grants of a missing table come with it
-- there: unplanned table app.t; 1 statement; create function app.keep()
-- back: unplanned table app.t; unplanned function app.keep(); 0 statements
-- a
-- b
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
create policy p on app.t using (true);
grant select on app.t to anon;

-- case: a column is missing
-- there: unplanned column app.t.b; 0 statements
-- back: unplanned column app.t.b; 0 statements
-- common
create table app.t (a integer);
-- a
-- b
alter table app.t add column b text default 'x' not null;
grant select (b) on app.t to anon;
comment on column app.t.b is 'new';

-- case: a view waits for a column, and a function beside it does not
-- there: unplanned column app.t.b; unplanned view app.v; replace function app.f(); 1 statement
-- back: unplanned column app.t.b; replace view app.v; replace function app.f()
-- a
create table app.t (a integer, c integer);
create view app.v as select a from app.t;
create function app.f() returns integer language sql as 'select 1';
-- b
create table app.t (a integer, c integer, b integer);
create view app.v as select a from app.t where b > 1;
create function app.f() returns integer language sql as 'select 2';

-- case: the type of a column changes under a view
-- both: unplanned column app.t.a; 0 statements
-- a
create table app.t (a integer);
create view app.v as select a::text as a from app.t;
-- b
create table app.t (a bigint);
create view app.v as select a::text as a from app.t;

-- case: a column that a view shows has another type
-- both: unplanned column app.t.a; unplanned view app.v
-- a
create table app.t (a integer);
create view app.v as select a from app.t;
-- b
create table app.t (a bigint);
create view app.v as select a from app.t;

-- case: defaults, identities, generated columns and what must not be null
-- both: unplanned column app.t.a; unplanned column app.t.b; unplanned column app.t.c; 0 statements
-- a
create table app.t (a integer, b integer default 1, c integer);
-- b
create table app.t (a integer not null, b integer default 2, c integer generated always as (a) stored);

-- case: constraints and indexes of a table
-- both: unplanned constraint app.t.t_check; unplanned index app.t_b_idx; 0 statements
-- common
create table app.t (a integer, b integer);
-- a
alter table app.t add constraint t_check check (a > 1);
create index t_b_idx on app.t (b);
-- b
alter table app.t add constraint t_check check (a > 2);
create index t_b_idx on app.t (b, a);

-- case: a foreign key
-- both: unplanned constraint app.u.u_a_fkey; 0 statements
-- common
create table app.t (a integer primary key);
create table app.u (a integer);
-- a
-- b
alter table app.u add constraint u_a_fkey foreign key (a) references app.t on delete cascade;

-- case: a label of an enum, and the function that uses the type
-- both: unplanned type app.mood; replace function app.f(app.mood); 1 statement
-- a
create type app.mood as enum ('glad', 'sad');
create function app.f(m app.mood) returns integer language sql as 'select 1';
-- b
create type app.mood as enum ('glad', 'sad', 'angry');
create function app.f(m app.mood) returns integer language sql as 'select 2';

-- case: a type is missing, and what is built of it
-- there: unplanned type app.pair; unplanned function app.f(app.pair); 0 statements
-- back: unplanned type app.pair; drop function app.f(app.pair); 1 statement
-- a
-- b
create type app.pair as (a integer, b text);
create function app.f(p app.pair) returns integer language sql as 'select 1';

-- case: a domain and a sequence
-- both: unplanned domain app.amount; unplanned sequence app.s; 0 statements
-- a
create domain app.amount as numeric not null;
create sequence app.s increment by 2;
-- b
create domain app.amount as numeric;
create sequence app.s increment by 3;

-- case: a partition more, with the copies that it got
-- there: unplanned table app.t_1; 0 statements
-- back: unplanned table app.t_1; 0 statements
-- common
create table app.t (a integer primary key) partition by range (a);
create index t_a_idx on app.t (a);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- a
-- b
create table app.t_1 partition of app.t for values from (1) to (10);

-- case: an heir more
-- both: unplanned table app.heir; 0 statements
-- common
create table app.t (a integer check (a > 1));
-- a
-- b
create table app.heir (b integer) inherits (app.t);

-- case: storage, persistence and options
-- both: unplanned table app.t; unplanned column app.t.a; 0 statements
-- a
create table app.t (a text);
-- b
create unlogged table app.t (a text) with (fillfactor = 70);
alter table app.t alter column a set statistics 7;

-- case: a table of a name that a view had
-- there: unplanned table app.v; drop view app.v; 1 statement
-- back: unplanned table app.v; unplanned view app.v; 0 statements
-- a
create view app.v as select 1 as a;
-- b
create table app.v (a integer);

-- case: a default that calls what is rebuilt
-- both: detach function app.f(); detach column app.t.a; alter column app.t.a; never drop
-- a
create function app.f() returns integer language sql as 'select 1';
create table app.t (a integer default app.f());
-- b
create function app.f() returns bigint language sql as 'select 1';
create table app.t (a integer default app.f());

-- case: a check that calls what is rebuilt, on a table and its heir
-- both: detach function app.f(integer); detach constraint app.t.t_check
-- both: create constraint app.t.t_check; comment constraint app.t.t_check
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create table app.t (a integer constraint t_check check (app.f(a) > 1));
create table app.heir (b integer) inherits (app.t);
comment on constraint t_check on app.t is 'checked';
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create table app.t (a integer constraint t_check check (app.f(a) > 1));
create table app.heir (b integer) inherits (app.t);
comment on constraint t_check on app.t is 'checked';

-- case: indexes that call what is rebuilt, on partitions too
-- both: detach function app.f(integer); detach index app.t_f_idx; create index app.t_f_idx
-- both: detach index app.u_f_idx
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create index t_f_idx on app.t (app.f(a));
create table app.u (a integer);
create unique index u_f_idx on app.u (app.f(a)) where app.f(a) > 1;
comment on index app.u_f_idx is 'one each';
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create index t_f_idx on app.t (app.f(a));
create table app.u (a integer);
create unique index u_f_idx on app.u (app.f(a)) where app.f(a) > 1;
comment on index app.u_f_idx is 'one each';

-- case: a generated column that calls what is rebuilt
-- both: detach function app.f(integer); create function app.f(integer); never drop
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create table app.t (a integer, b bigint generated always as (app.f(a)) stored);
create index t_b_idx on app.t (b);
create view app.v as select b from app.t;
grant select (b) on app.t to anon;
comment on column app.t.b is 'computed';
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create table app.t (a integer, b bigint generated always as (app.f(a)) stored);
create index t_b_idx on app.t (b);
create view app.v as select b from app.t;
grant select (b) on app.t to anon;
comment on column app.t.b is 'computed';

-- case: a domain's check and default call what is rebuilt
-- both: detach function app.f(integer); detach constraint app.amount.amount_check
-- both: create constraint app.amount.amount_check
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create domain app.amount as integer default app.f(7) constraint amount_check check (app.f(value) > 1);
create table app.t (a app.amount);
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create domain app.amount as integer default app.f(7) constraint amount_check check (app.f(value) > 1);
create table app.t (a app.amount);

-- case: extended statistics of an expression that is rebuilt
-- both: detach function app.f(integer); detach statistics app.s; create statistics app.s
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create table app.t (a integer);
create statistics app.s on app.f(a) from app.t;
alter statistics app.s set statistics 70;
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create table app.t (a integer);
create statistics app.s on app.f(a) from app.t;
alter statistics app.s set statistics 70;

-- case: what the toolkit does not model is named and left alone
-- both: unplanned operator app.===(NONE,integer); 0 statements
-- a
-- b
create operator app.=== (rightarg = integer, function = int4abs);

-- case: an index that is missing shall identify the rows
-- there: unplanned index app.t_a_idx; unplanned table app.t; 0 statements
-- back: unplanned index app.t_a_idx; 1 statement
-- common
create table app.t (a integer not null);
-- a
-- b
create unique index t_a_idx on app.t (a);
alter table app.t replica identity using index t_a_idx;
