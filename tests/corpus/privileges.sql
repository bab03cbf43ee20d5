-- Privileges, owners, comments: always against what an object has by itself when it is new.

-- case: a new function is nobody's but whose it shall be
-- there: says revoke execute on function app.f() from public; grant function app.f(); 3 statements
-- back: drop function app.f(); 1 statement
-- a
-- b
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
grant execute on function app.f() to anon;

-- case: everybody may, and then nobody
-- both: 1 statement
-- there: revoke function app.f()
-- back: grant function app.f()
-- common
create function app.f() returns integer language sql as 'select 1';
-- a
-- b
revoke execute on function app.f() from public;

-- case: default privileges that a new function shall not have
-- there: says revoke execute on function app.f() from anon
-- there: says revoke execute on function app.f() from public
-- back: 1 statement
-- common
alter default privileges in schema app grant execute on functions to anon;
-- a
-- b
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public, anon;

-- case: default privileges that a rebuilt view shall not have
-- both: says revoke; detach view app.v; create view app.v
-- common
create table app.t (a integer);
-- a
create view app.v as select a from app.t;
alter default privileges in schema app grant select on tables to anon;
-- b
create view app.v as select a::bigint as a from app.t;
alter default privileges in schema app grant select on tables to anon;

-- case: default privileges of functions are taken from everybody, everywhere
-- alone: the defaults are everybody's
-- there: says revoke execute on functions from public
-- back: says grant execute on functions to public
-- a
create function app.f() returns integer language sql as 'select 1';
-- b
create function app.f() returns bigint language sql as 'select 1';
alter default privileges revoke execute on functions from public;

-- case: default privileges of every family in a schema
-- both: 4 statements; never alter
-- a
-- b
alter default privileges in schema app grant select, insert on tables to anon;
alter default privileges in schema app grant usage on sequences to anon;
alter default privileges in schema app grant execute on functions to authenticated;
alter default privileges in schema app grant usage on types to service_role with grant option;

-- case: default privileges change with what is made under them
-- both: detach function app.f(); create function app.f()
-- a
create function app.f() returns integer language sql as 'select 1';
alter default privileges in schema app grant execute on functions to anon;
-- b
create function app.f() returns bigint language sql as 'select 1';
alter default privileges in schema app grant execute on functions to service_role;

-- case: a schema's privileges, with and without the option to hand them on
-- both: at most 4 statements; never alter; never create
-- a
grant usage on schema app to anon, authenticated;
-- b
grant usage on schema app to authenticated with grant option;
grant create, usage on schema app to service_role;

-- case: the grant option alone
-- there: 1 statement; grant function app.f(); says with grant option
-- back: 1 statement; revoke function app.f(); says revoke grant option for
-- common
create function app.f() returns integer language sql as 'select 1';
grant execute on function app.f() to anon;
-- a
-- b
grant execute on function app.f() to anon with grant option;

-- case: columns have privileges of their own
-- both: at most 3 statements; never alter
-- common
create table app.t (a integer, "B c" text);
-- a
grant select (a) on app.t to anon;
grant update (a, "B c") on app.t to authenticated;
-- b
grant select (a, "B c") on app.t to anon;
grant update (a) on app.t to authenticated with grant option;

-- case: a table's privileges change though the table is made by people
-- both: at most 4 statements; never alter; never create
-- common
create table app.t (a integer);
-- a
grant select on app.t to anon;
grant all on app.t to service_role;
-- b
grant select, insert on app.t to authenticated;
grant all on app.t to service_role;

-- case: the owner's own privileges are a matter too
-- both: 1 statement
-- common
create table app.t (a integer);
-- a
-- b
revoke delete, truncate on app.t from migrator;

-- case: nobody may run a trigger's function any more once it has its trigger
-- there: create trigger app.t.one; replace trigger app.t.two; at most 5 statements
-- common
create table app.t (a integer);
create function app.f() returns trigger language plpgsql as $$begin return new; end$$;
-- a
create trigger two before update on app.t for each row execute function app.f();
-- b
create or replace function app.f() returns trigger language plpgsql as $$begin return old; end$$;
create trigger one before insert on app.t for each row execute function app.f();
create trigger two before delete on app.t for each row execute function app.f();
revoke execute on function app.f() from public, migrator;

-- case: sequences, types and domains have privileges
-- both: at most 4 statements; never alter; never create
-- common
create sequence app.s;
create type app.mood as enum ('glad');
create domain app.amount as numeric;
-- a
-- b
grant usage on sequence app.s to anon;
revoke usage on type app.mood from public;
grant usage on type app.mood to anon;
revoke usage on type app.amount from public;

-- case: a privilege that came with version 17
-- since: 17
-- both: 1 statement
-- common
create table app.t (a integer);
-- a
-- b
grant maintain on app.t to anon;

-- case: a function gets an owner who may not make things in the schema
-- both: alter function app.f(); 3 statements
-- there: says grant create on schema app to hephaitos_internal
-- back: says revoke create on schema app from hephaitos_api
-- a
create function app.f() returns integer language sql as 'select 1';
grant create on schema app to hephaitos_api;
alter function app.f() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
-- b
create function app.f() returns integer language sql as 'select 1';
grant create on schema app to hephaitos_internal;
alter function app.f() owner to hephaitos_internal;
revoke create on schema app from hephaitos_internal;

-- case: what an owner granted stays when somebody else owns it
-- both: alter function app.f(); never detach; never create
-- a
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
grant execute on function app.f() to anon with grant option;
-- b
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
grant execute on function app.f() to anon with grant option;
grant create on schema app to hephaitos_api;
alter function app.f() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;

-- case: the new owner had privileges before
-- both: alter function app.f()
-- a
create function app.f() returns integer language sql as 'select 1';
grant execute on function app.f() to hephaitos_api;
-- b
create function app.f() returns integer language sql as 'select 1';
grant create on schema app to hephaitos_api;
alter function app.f() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant execute on function app.f() to migrator;

-- case: the owner of a table, its sequence and its columns' privileges
-- both: alter table app.t; never create
-- common
create table app.t (a serial, b integer);
grant select (b) on app.t to anon;
-- a
-- b
grant create on schema app to hephaitos_api;
alter table app.t owner to hephaitos_api;
revoke create on schema app from hephaitos_api;

-- case: the owner of a view, an aggregate, a procedure, a schema and a materialized view
-- both: never detach; never drop; alter view app.v; alter aggregate app.g(integer)
-- both: alter procedure app.p(); alter materialized view app.m; alter schema app_own
-- common
create table app.t (a integer);
create schema app_own;
create view app.v as select a from app.t;
create materialized view app.m as select a from app.t;
create aggregate app.g(integer) (sfunc = int4pl, stype = integer);
create procedure app.p() language plpgsql as 'begin end';
-- a
-- b
grant create on schema app to hephaitos_api;
alter view app.v owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant create on schema app to hephaitos_api;
alter materialized view app.m owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant create on schema app to hephaitos_api;
alter aggregate app.g(integer) owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant create on schema app to hephaitos_api;
alter procedure app.p() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
alter schema app_own owner to hephaitos_api;

-- case: the owner of what is rebuilt
-- both: detach function app.f(); alter function app.f(); never says grant execute
-- a
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
grant create on schema app to hephaitos_api;
alter function app.f() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
-- b
create function app.f() returns bigint language sql as 'select 1';
revoke execute on function app.f() from public;
grant create on schema app to hephaitos_api;
alter function app.f() owner to hephaitos_api;
revoke create on schema app from hephaitos_api;

-- case: comments on everything that takes one
-- there: 10 statements; comment table app.t; comment schema app; never alter
-- back: 10 statements; says is null
-- common
create table app.t (a integer constraint t_check check (a > 1));
create index t_a_idx on app.t (a);
create view app.v as select a from app.t;
create function app.f() returns integer language sql as 'select 1';
create policy p on app.t using (true);
create type app.mood as enum ('glad');
create sequence app.s;
create rule nothing as on delete to app.t do instead nothing;
-- a
-- b
comment on schema app is 'it''s ours';
comment on table app.t is E'two\nlines and a \\';
comment on column app.v.a is 'a column of a view';
comment on constraint t_check on app.t is 'a check';
comment on index app.t_a_idx is 'an index';
comment on function app.f() is '$$';
comment on policy p on app.t is 'a policy';
comment on type app.mood is 'a mood';
comment on sequence app.s is 'a sequence';
comment on rule nothing on app.t is 'a rule';

-- case: a comment changes and nothing else is said
-- both: 1 statement; comment function app.f()
-- common
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
-- a
comment on function app.f() is 'one';
-- b
comment on function app.f() is 'two';

-- case: a privilege on the whole goes, and that on a column stays
-- there: revoke table app.t; never revoke column app.t.a; at most 4 statements
-- back: grant table app.t
-- common
create table app.t (a integer, b integer);
create view app.v as select a, b from app.t;
-- a
grant select, update on app.t to anon;
grant select (a), update (a) on app.t to anon;
grant select on app.v to anon;
grant select (a) on app.v to anon with grant option;
-- b
grant update on app.t to anon;
grant select (a), update (a) on app.t to anon;
grant select (a) on app.v to anon with grant option;
