-- Views: what CREATE OR REPLACE can do, what it cannot, and who looks through them.

-- case: the query changes and the columns stay
-- both: 1 statement; replace view app.v
-- common
create table app.t (a integer, b integer);
-- a
create view app.v as select a from app.t;
-- b
create view app.v as select a from app.t where b > 1;

-- case: a column comes at the end
-- there: 1 statement; replace view app.v
-- back: detach view app.v; create view app.v; never drop
-- common
create table app.t (a integer, b integer);
-- a
create view app.v as select a from app.t;
grant select on app.v to anon, authenticated;
comment on view app.v is 'looks at t';
-- b
create view app.v as select a, b from app.t;
grant select on app.v to anon, authenticated;
comment on view app.v is 'looks at t';

-- case: a column is renamed, and all that was said about the view is said again
-- both: detach view app.v; create view app.v; grant view app.v; comment view app.v
-- both: alter view app.v; comment column app.v.a; grant column app.v.a
-- common
create table app.t (a integer, b integer);
-- a
create view app.v with (security_barrier) as select a, b from app.t;
alter view app.v alter column a set default 7;
grant create on schema app to hephaitos_api;
alter view app.v owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant select (a) on app.v to anon;
grant select on app.v to authenticated with grant option;
comment on view app.v is 'looks at t';
comment on column app.v.a is 'the first';
-- b
create view app.v with (security_barrier) as select a, b as c from app.t;
alter view app.v alter column a set default 7;
grant create on schema app to hephaitos_api;
alter view app.v owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant select (a) on app.v to anon;
grant select on app.v to authenticated with grant option;
comment on view app.v is 'looks at t';
comment on column app.v.a is 'the first';

-- case: a column in the middle changes its type under two views
-- both: detach view app.v; create view app.v; never drop
-- both: replace view app.w; never create view app.w; create view app.x
-- common
create table app.t (a integer, b integer);
-- a
create view app.v as select a, b from app.t;
create view app.w as select a from app.v;
create view app.x as select b from app.v;
grant select on app.w, app.x to anon;
-- b
create view app.v as select a, b::bigint as b from app.t;
create view app.w as select a from app.v;
create view app.x as select b from app.v;
grant select on app.w, app.x to anon;

-- case: options change in place
-- both: 2 statements; alter view app.v; never replace; never detach
-- common
create table app.t (a integer);
-- a
create view app.v with (security_barrier) as select a from app.t;
-- b
create view app.v with (security_invoker) as select a from app.t;

-- case: options change together with the query
-- both: 1 statement; replace view app.v
-- common
create table app.t (a integer);
-- a
create view app.v with (security_barrier) as select a from app.t;
-- b
create view app.v with (security_invoker) as select a from app.t where a > 1;

-- case: the check option of a view that can be written
-- both: at most 1 statement
-- common
create table app.t (a integer);
-- a
create view app.v as select a from app.t where a > 1;
-- b
create view app.v as select a from app.t where a > 1 with local check option;

-- case: a view is rebuilt with its triggers, states and rules
-- both: detach view app.v; create view app.v; create trigger app.v.t10_write
-- both: create rule app.v.nothing
-- both: comment trigger app.v.t10_write
-- common
create table app.t (a integer);
create function app.write() returns trigger language plpgsql as 'begin return null; end';
-- a
create view app.v as select a from app.t;
create trigger t10_write instead of insert on app.v for each row execute function app.write();
comment on trigger t10_write on app.v is 'writes t';
create rule nothing as on delete to app.v do instead nothing;
-- b
create view app.v as select a as b from app.t;
create trigger t10_write instead of insert on app.v for each row execute function app.write();
comment on trigger t10_write on app.v is 'writes t';
create rule nothing as on delete to app.v do instead nothing;

-- case: a tower of views over what is rebuilt
-- both: detach view app.v1; replace view app.v2; never drop; never create view app.v3
-- common
create table app.t (a integer, b integer);
-- a
create view app.v1 as select a from app.t;
create view app.v2 as select a::text as a from app.v1;
create view app.v3 as select a from app.v2;
create view app.v4 as select v3.a, v2.a as b from app.v3, app.v2;
-- b
create view app.v1 as select a::bigint as a from app.t;
create view app.v2 as select a::text as a from app.v1;
create view app.v3 as select a from app.v2;
create view app.v4 as select v3.a, v2.a as b from app.v3, app.v2;

-- case: views that come and go with what they look at
-- there: create view app.a; create view app.b; 2 statements
-- back: drop view app.a; drop view app.b; 2 statements
-- common
create table app.t (a integer);
-- a
-- b
create view app.b as select a from app.t;
create view app.a as select a from app.b;

-- case: two views change places
-- both: at most 6 statements; never drop
-- common
create table app.t (a integer);
-- a
create view app.v as select a from app.t;
create view app.w as select a as b from app.v;
-- b
create view app.w as select a as b from app.t;
create view app.v as select b as a from app.w;

-- case: a view and a function that need each other
-- there: at most 4 statements
-- back: at most 4 statements
-- common
create table app.t (a integer);
-- a
-- b
create view app.v as select a from app.t;
create function app.f() returns bigint language sql begin atomic select count(*) from app.v; end;
create or replace view app.v as select a from app.t where app.f() > 1;

-- case: a function that returns the rows of a view which grows
-- there: 1 statement; replace view app.v
-- back: detach function app.f(); create function app.f(); detach view app.v
-- common
create table app.t (a integer, b integer);
-- a
create view app.v as select a from app.t;
create function app.f() returns setof app.v language sql as 'select * from app.v';
revoke execute on function app.f() from public;
-- b
create view app.v as select a, b from app.t;
create function app.f() returns setof app.v language sql as 'select * from app.v';
revoke execute on function app.f() from public;

-- case: a view becomes a materialized view
-- there: drop view app.v; create materialized view app.v; create index app.v_a_idx
-- back: drop materialized view app.v; create view app.v; grant view app.v
-- common
create table app.t (a integer);
-- a
create view app.v as select a from app.t;
grant select on app.v to anon;
-- b
create materialized view app.v as select a from app.t;
create unique index v_a_idx on app.v (a);
grant select on app.v to anon;

-- case: a view becomes a function of that name
-- there: drop view app.v; create function app.v()
-- common
create table app.t (a integer);
-- a
create view app.v as select a from app.t;
-- b
create function app.v() returns setof app.t language sql as 'select a from app.t';

-- case: a recursive view with a name that is a word of SQL
-- both: 1 statement; replace view app."order"
-- common
create table app.t (id integer, parent integer);
-- a
create recursive view app."order" (id, "Level") as
select id, 1 from app.t union all
select t.id, "Level" + 1 from app.t join "order" on t.parent = "order".id;
-- b
create recursive view app."order" (id, "Level") as
select id, 0 from app.t where parent is null union all
select t.id, "Level" + 1 from app.t join "order" on t.parent = "order".id;

-- case: columns with names and types that have to be quoted, while the view is a shell
-- both: detach view app."V"; replace view app."V"; never drop
-- common
create type app."Mood" as enum ('glad', 'sad');
create table app."T" ("A b" app."Mood", "select" text[], c numeric(8, 2), d timestamptz(3));
-- a
create function app.f() returns integer language sql as 'select 1';
create view app."V" as select "A b", "select", c, d, 'x'::varchar(3) as e from app."T" where app.f() = 1;
grant select ("A b") on app."V" to anon;
-- b
create function app.f() returns bigint language sql as 'select 1';
create view app."V" as select "A b", "select", c, d, 'x'::varchar(3) as e from app."T" where app.f() = 1;
grant select ("A b") on app."V" to anon;

-- case: a view over a column with a collation, while it is a shell
-- both: detach view app.v; replace view app.v; never drop
-- common
create table app.t (a text collate "C", b text);
-- a
create function app.f() returns integer language sql as 'select 1';
create view app.v as select a, b from app.t where app.f() = 1;
-- b
create function app.f() returns bigint language sql as 'select 1';
create view app.v as select a, b from app.t where app.f() = 1;

-- case: a view across schemas
-- both: detach view app_far.v; create view app_far.v; replace view app.w
-- common
create schema app_far;
create table app_far.t (a integer);
-- a
create view app_far.v as select a from app_far.t;
create view app.w as select a::text as a from app_far.v;
-- b
create view app_far.v as select a::bigint as a from app_far.t;
create view app.w as select a::text as a from app_far.v;

-- case: a schema comes with what is in it, and goes with it
-- there: create schema app_new; create view app_new.v; grant schema app_new
-- back: drop schema app_new; drop view app_new.v; drop function app_new.f()
-- common
create table app.t (a integer);
-- a
-- b
create schema app_new;
grant usage on schema app_new to anon;
comment on schema app_new is 'new';
create function app_new.f() returns integer language sql as 'select 1';
create view app_new.v as select a from app.t where app_new.f() = 1;

-- case: a rule is replaced and keeps its state
-- both: replace rule app.t.copy; alter rule app.t.copy; 2 statements
-- common
create table app.t (a integer);
create table app.u (a integer);
-- a
create rule copy as on insert to app.t do also insert into app.u values (new.a);
alter table app.t disable rule copy;
-- b
create rule copy as on insert to app.t do also insert into app.u values (new.a + 1);
alter table app.t disable rule copy;

-- case: a rule only changes its state
-- both: 1 statement; alter rule app.t.copy
-- common
create table app.t (a integer);
create rule copy as on insert to app.t do instead nothing;
-- a
-- b
alter table app.t enable replica rule copy;

-- case: a rule that calls what is rebuilt
-- both: detach function app.f(integer); create rule app.t.copy; alter rule app.t.copy
-- common
create table app.t (a integer);
-- a
create function app.f(x integer) returns integer language sql as 'select x';
create rule copy as on insert to app.t where app.f(new.a) > 1 do instead nothing;
alter table app.t enable always rule copy;
comment on rule copy on app.t is 'keeps out';
-- b
create function app.f(x integer) returns bigint language sql as 'select x';
create rule copy as on insert to app.t where app.f(new.a) > 1 do instead nothing;
alter table app.t enable always rule copy;
comment on rule copy on app.t is 'keeps out';

-- case: a rule is renamed
-- there: drop rule app.t.one; create rule app.t.two; 2 statements
-- common
create table app.t (a integer);
-- a
create rule one as on delete to app.t do instead nothing;
-- b
create rule two as on delete to app.t do instead nothing;

-- case: what is printed with a pair of brackets less when it is sent back
-- both: replace view app.v; at most 6 statements; alter policy app.t.p
-- common
create table app.t (a integer, b integer);
-- a
create view app.v as select a from app.t where a between 1 and 2 and b = 1;
create view app.w as select a from app.t where not (a between 1 and 2 and b = 1) or b = 7;
create policy p on app.t using (a between 1 and 2 and b = 1);
-- b
create view app.v as select a from app.t where a between 1 and 3 and b = 1 and a = 2;
create view app.w as select a from app.t where not (a between 1 and 2 and b = 1) or b = 7;
create policy p on app.t using (a between 1 and 3 and b = 1);
