-- Functions: what CREATE OR REPLACE can do, and what it cannot.

-- case: a body changes in place
-- both: 1 statement; replace function app.f(integer); never drop
-- a
create function app.f(x integer) returns integer language sql as 'select x + 1';
-- b
create function app.f(x integer) returns integer language sql as 'select x + 2';

-- case: a body changes under a view, an index and a default
-- both: 1 statement; replace function app.f(integer)
-- common
create function app.f(x integer) returns integer immutable language sql as 'select x + 1';
create table app.t (a integer default app.f(1));
create index t_f_idx on app.t (app.f(a));
create view app.v as select app.f(t.a) as b from app.t;
-- a
-- b
create or replace function app.f(x integer) returns integer immutable language sql as 'select x';

-- case: the return type changes with nobody looking
-- both: detach function app.f(); create function app.f(); at most 4 statements
-- a
create function app.f() returns integer language sql as 'select 1';
grant execute on function app.f() to anon;
comment on function app.f() is 'one';
-- b
create function app.f() returns bigint language sql as 'select 1';
grant execute on function app.f() to anon;
comment on function app.f() is 'one';

-- case: the return type changes under a view that keeps its columns
-- both: detach view app.v; replace view app.v; never drop view app.v
-- a
create function app.f() returns integer language sql as 'select 1';
create view app.v as select app.f()::text as a;
grant select on app.v to anon;
-- b
create function app.f() returns bigint language sql as 'select 1';
create view app.v as select app.f()::text as a;
grant select on app.v to anon;

-- case: functions that call each other
-- both: at most 4 statements
-- a
-- b
create function app.f(n integer) returns integer language sql begin atomic select n; end;
create function app.g(n integer) returns integer language sql begin atomic select app.f(n); end;
create or replace function app.f(n integer) returns integer language sql
begin atomic select app.g(n); end;
