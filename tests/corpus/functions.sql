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

-- case: security definer and settings come and go with the definition
-- both: 1 statement; replace function app.f(); never drop; never detach
-- a
create function app.f() returns integer language sql as 'select 1';
revoke execute on function app.f() from public;
-- b
create function app.f() returns integer language sql security definer
set search_path = '' set work_mem = '8MB' as 'select 1';
revoke execute on function app.f() from public;

-- case: every other attribute of a function changes in place
-- both: 1 statement; replace function app.f(integer)
-- a
create function app.f(x integer) returns setof integer language sql as 'select 1';
-- b
create function app.f(x integer) returns setof integer language sql
stable strict parallel safe cost 7 rows 3 as 'select 1';

-- case: the language changes in place
-- both: 1 statement; replace function app.f(integer); never detach
-- common
create table app.t (a integer);
-- a
create function app.f(x integer) returns integer language sql as 'select x';
create view app.v as select app.f(t.a) as b from app.t;
-- b
create function app.f(x integer) returns integer language plpgsql as 'begin return x; end';
create view app.v as select app.f(t.a) as b from app.t;

-- case: a body that PostgreSQL parsed becomes text
-- both: 1 statement; replace function app.f()
-- common
create table app.t (a integer);
-- a
create function app.f() returns bigint language sql begin atomic select count(*) from app.t; end;
-- b
create function app.f() returns bigint language sql as 'select count(*) from app.t';

-- case: a parameter is renamed and nobody gets in who was not in before
-- both: detach function app.f(integer); create function app.f(integer); never grant
-- both: says revoke execute on function app.f(integer) from public
-- a
create function app.f(x integer) returns integer language sql as 'select $1';
revoke execute on function app.f(integer) from public;
-- b
create function app.f(y integer) returns integer language sql as 'select $1';
revoke execute on function app.f(integer) from public;

-- case: a parameter gets its first name
-- there: 1 statement; replace function app.f(integer)
-- back: detach function app.f(integer); create function app.f(integer); 2 statements
-- a
create function app.f(integer) returns integer language sql as 'select $1';
-- b
create function app.f(x integer) returns integer language sql as 'select $1';

-- case: a default is added
-- there: 1 statement; replace function app.f(integer)
-- back: detach function app.f(integer); create function app.f(integer); 2 statements
-- a
create function app.f(x integer) returns integer language sql as 'select x';
-- b
create function app.f(x integer default 7) returns integer language sql as 'select x';

-- case: a default changes
-- both: 1 statement; replace function app.f(integer)
-- a
create function app.f(x integer default 7) returns integer language sql as 'select x';
-- b
create function app.f(x integer default 8 + length('x, DEFAULT (')) returns integer
language sql as 'select x';

-- case: an argument's type changes, which makes another function
-- there: drop function app.f(integer); create function app.f(bigint); never replace
-- back: drop function app.f(bigint); create function app.f(integer); never replace
-- a
create function app.f(x integer) returns integer language sql as 'select 1';
-- b
create function app.f(x bigint) returns integer language sql as 'select 1';

-- case: an argument with a default is added, and no overload stays that makes calls ambiguous
-- there: drop function app.f(integer); create function app.f(integer, text)
-- back: create function app.f(integer); drop function app.f(integer, text)
-- a
create function app.f(x integer) returns integer language sql as 'select x';
-- b
create function app.f(x integer, t text default 'x') returns integer language sql as 'select x';

-- case: an overload comes beside another
-- there: create function app.f(text); at most 3 statements; never replace; never drop
-- back: drop function app.f(text); 1 statement
-- common
create function app.f(x integer) returns integer language sql as 'select x';
-- a
-- b
create function app.f(x text) returns text language sql as 'select x';
revoke execute on function app.f(text) from public;
grant execute on function app.f(text) to anon;

-- case: a column of the returned table is added
-- both: detach function app.f(); create function app.f(); never drop
-- a
create function app.f() returns table (a integer, b text) language sql as $$ select 1, 'x' $$;
grant execute on function app.f() to anon with grant option;
-- b
create function app.f() returns table (a integer, b text, c date) language sql
as $$ select 1, 'x', null::date $$;
grant execute on function app.f() to anon with grant option;

-- case: an output is renamed
-- both: detach function app.f(integer); create function app.f(integer)
-- a
create function app.f(x integer, out a integer, out b text) language sql as $$ select 1, 'x' $$;
-- b
create function app.f(x integer, out a integer, out c text) language sql as $$ select 1, 'x' $$;

-- case: the only column of a returned table is renamed, which no caller sees
-- both: 1 statement; replace function app.f()
-- a
create function app.f() returns table (a integer) language sql as 'select 1';
-- b
create function app.f() returns setof integer language sql as 'select 1';

-- case: a set becomes a value
-- both: detach function app.f(); create function app.f()
-- a
create function app.f() returns setof integer language sql as 'select 1';
-- b
create function app.f() returns integer language sql as 'select 1';

-- case: a function becomes a procedure
-- there: drop function app.f(integer); create procedure app.f(integer)
-- back: drop procedure app.f(integer); create function app.f(integer)
-- a
create function app.f(x integer) returns void language plpgsql as 'begin end';
-- b
create procedure app.f(x integer) language plpgsql as 'begin end';

-- case: a function becomes an aggregate
-- there: drop function app.f(integer); create aggregate app.f(integer)
-- back: drop aggregate app.f(integer); create function app.f(integer)
-- a
create function app.f(x integer) returns integer language sql as 'select 1';
-- b
create aggregate app.f(integer) (sfunc = int4pl, stype = integer);

-- case: functions whose text names each other
-- alone: how bodies are checked is said once a plan
-- there: says set local check_function_bodies = off
-- back: drop function app.f(integer); drop function app.g(integer); 2 statements
-- a
-- b
set local check_function_bodies = off;
create function app.f(n integer) returns integer language sql as 'select app.g(n)';
create function app.g(n integer) returns integer language sql as 'select app.f(n)';

-- case: a function whose text names one that comes later in the alphabet
-- alone: how bodies are checked is said once a plan
-- there: 2 statements; never set
-- back: 2 statements
-- a
-- b
set local check_function_bodies = off;
create function app.a() returns integer language sql as 'select app.z()';
create function app.z() returns integer language sql as 'select 1';

-- case: bodies that quote everything there is to quote
-- both: replace function app.f(text)
-- a
create function app.f(x text) returns text language plpgsql as $body$
begin return format($function$%s :name %% '\n' $$ $function$, x); end $body$;
-- b
create function app.f(x text) returns text language plpgsql as $body$
begin return format($function$%I :name %% E'\n' $$ $function$, x); end $body$;

-- case: names that have to be quoted
-- both: detach function app."Give Me"(app."app.Mood"); never drop
-- common
create type app."app.Mood" as enum ('a; b', 'it''s');
-- a
create function app."Give Me"("The Mood" app."app.Mood") returns integer language sql as 'select 1';
grant execute on function app."Give Me"(app."app.Mood") to anon;
-- b
create function app."Give Me"("The Mood" app."app.Mood") returns bigint language sql as 'select 1';
grant execute on function app."Give Me"(app."app.Mood") to anon;

-- case: the signature of a function that another's default calls
-- both: detach function app.f(); detach function app.g(integer)
-- a
create function app.f() returns integer language sql as 'select 1';
create function app.g(x integer default app.f()) returns integer language sql as 'select x';
revoke execute on function app.g(integer) from public;
-- b
create function app.f() returns bigint language sql as 'select 1';
create function app.g(x integer default app.f()) returns integer language sql as 'select x';
revoke execute on function app.g(integer) from public;

-- case: the signature of a function that a parsed body calls
-- both: detach function app.f(); replace function app.g(); never drop function app.g()
-- both: never create function app.g()
-- a
create function app.f() returns integer language sql as 'select 1';
create function app.g() returns text language sql begin atomic select app.f()::text; end;
grant execute on function app.g() to anon;
comment on function app.g() is 'calls f';
-- b
create function app.f() returns bigint language sql as 'select 1';
create function app.g() returns text language sql begin atomic select app.f()::text; end;
grant execute on function app.g() to anon;
comment on function app.g() is 'calls f';

-- case: a procedure with inputs and outputs
-- both: at most 2 statements
-- common
create table app.t (a integer);
-- a
create procedure app.p(x integer, inout y integer) language plpgsql as 'begin y := x; end';
-- b
create procedure app.p(x integer, inout y integer) language plpgsql
set lock_timeout = '1s' as 'begin y := x + 1; commit; end';

-- case: a procedure's output changes its type
-- both: detach procedure app.p(); create procedure app.p()
-- a
create procedure app.p(out y integer) language plpgsql as 'begin y := 1; end';
revoke execute on procedure app.p() from public;
-- b
create procedure app.p(out y text) language plpgsql as 'begin y := 1; end';
revoke execute on procedure app.p() from public;

-- case: a variadic parameter changes its element
-- there: drop function app.f(integer[]); create function app.f(bigint[])
-- a
create function app.f(variadic xs integer[]) returns integer language sql as 'select 1';
-- b
create function app.f(variadic xs bigint[]) returns integer language sql as 'select 1';

-- case: what a polymorphic default is
-- both: detach function app.f(anyelement); create function app.f(anyelement)
-- a
create function app.f(x anyelement default 1) returns anyelement language sql as 'select x';
-- b
create function app.f(x anyelement default 'one'::text) returns anyelement language sql as 'select x';

-- case: a function over the row of a table
-- both: 1 statement; replace function app.f(app.t)
-- common
create table app.t (a integer, b integer);
-- a
create function app.f(r app.t) returns integer language sql as 'select r.a';
-- b
create function app.f(r app.t) returns integer language sql as 'select r.b';

-- case: functions in two schemas with one name
-- both: 1 statement; replace function app.f()
-- common
create schema app_other;
create function app_other.f() returns integer language sql as 'select 1';
-- a
create function app.f() returns integer language sql as 'select 1';
-- b
create function app.f() returns integer language sql as 'select 2';

-- case: an aggregate changes in place
-- both: 1 statement; replace aggregate app.most(integer)
-- common
create table app.t (a integer);
-- a
create aggregate app.most(integer) (sfunc = int4larger, stype = integer);
create view app.v as select app.most(t.a) as most from app.t;
-- b
create aggregate app.most(integer) (sfunc = int4larger, stype = integer, combinefunc = int4larger,
parallel = safe);
create view app.v as select app.most(t.a) as most from app.t;

-- case: an aggregate's result changes under a view
-- both: detach aggregate app.total(integer); create aggregate app.total(integer)
-- both: replace view app.v; never create view app.v
-- common
create table app.t (a integer);
-- a
create aggregate app.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
create view app.v as select app.total(t.a)::text as total from app.t;
grant execute on function app.total(integer) to anon;
comment on aggregate app.total(integer) is 'the total';
-- b
create aggregate app.total(integer) (sfunc = int4_sum, stype = bigint, initcond = '0');
create view app.v as select app.total(t.a)::text as total from app.t;
grant execute on function app.total(integer) to anon;
comment on aggregate app.total(integer) is 'the total';

-- case: an aggregate of every row, over a function of ours
-- both: detach function app.step(bigint); detach aggregate app.rows()
-- a
create function app.step(n bigint) returns bigint language sql as 'select n + 1';
create aggregate app.rows(*) (sfunc = app.step, stype = bigint, initcond = '0');
-- b
create function app.step(m bigint) returns bigint language sql as 'select m + 1';
create aggregate app.rows(*) (sfunc = app.step, stype = bigint, initcond = '0');
