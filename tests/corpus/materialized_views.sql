-- Materialized views: swapped while people read, or rebuilt; with all that is on them.

-- case: another query, by swap
-- both: create materialized view app.m; create index app.m_b_idx; grant materialized view app.m
-- both: comment materialized view app.m; comment index app.m_a_idx; never drop
-- both: says rename to; says refresh materialized view app.m__new
-- common
create table app.t (a integer, b integer);
-- a
create materialized view app.m as select a, b from app.t;
create unique index m_a_idx on app.m (a);
create index m_b_idx on app.m (b) where b > 1;
grant select on app.m to anon;
comment on materialized view app.m is 'kept';
comment on index app.m_a_idx is 'one each';
-- b
create materialized view app.m as select a, b from app.t where a > 1;
create unique index m_a_idx on app.m (a);
create index m_b_idx on app.m (b) where b > 1;
grant select on app.m to anon;
comment on materialized view app.m is 'kept';
comment on index app.m_a_idx is 'one each';

-- case: another query, by rebuild
-- rebuild: app.m
-- both: detach materialized view app.m; create materialized view app.m; create index app.m_a_idx
-- both: never says rename to
-- common
create table app.t (a integer, b integer);
-- a
create materialized view app.m as select a, b from app.t;
create unique index m_a_idx on app.m (a);
grant select on app.m to anon;
-- b
create materialized view app.m as select a, b from app.t where a > 1;
create unique index m_a_idx on app.m (a);
grant select on app.m to anon;

-- case: a swap under a view that people look through
-- both: detach view app.v; replace view app.v; never drop; never create view app.v
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create view app.v as select a from app.m;
grant select on app.v to anon;
-- b
create materialized view app.m as select a from app.t where a > 1;
create view app.v as select a from app.m;
grant select on app.v to anon;

-- case: materialized views over each other are swapped together
-- both: says rename to m; says rename to n; never drop
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create materialized view app.n as select a + 1 as a from app.m;
create index n_a_idx on app.n (a);
grant select on app.n to anon;
-- b
create materialized view app.m as select a from app.t where a > 1;
create materialized view app.n as select a + 1 as a from app.m;
create index n_a_idx on app.n (a);
grant select on app.n to anon;

-- case: columns change their names and types, in a view with options and statistics
-- both: create statistics app.s; alter column app.m.a; never drop
-- common
create table app.t (a integer, b integer);
-- a
create materialized view app.m with (fillfactor = 70) as select a, b from app.t;
alter materialized view app.m alter column a set statistics 500;
create statistics app.s (dependencies) on a, b from app.m;
create index m_a_idx on app.m (a);
alter materialized view app.m cluster on m_a_idx;
-- b
create materialized view app.m with (fillfactor = 70) as select a, b::text as b from app.t;
alter materialized view app.m alter column a set statistics 500;
create statistics app.s (dependencies) on a, b from app.m;
create index m_a_idx on app.m (a);
alter materialized view app.m cluster on m_a_idx;

-- case: an index comes and the view stays
-- there: 1 statement; create index app.m_a_idx
-- back: 1 statement; drop index app.m_a_idx
-- common
create table app.t (a integer);
create materialized view app.m as select a from app.t;
-- a
-- b
create index m_a_idx on app.m (a);

-- case: an index changes and the view stays
-- both: detach index app.m_a_idx; create index app.m_a_idx; 2 statements
-- common
create table app.t (a integer, b integer);
create materialized view app.m as select a, b from app.t;
-- a
create index m_a_idx on app.m (a);
-- b
create index m_a_idx on app.m (a desc, b);

-- case: options change and the rows stay
-- both: at most 2 statements; alter materialized view app.m; never detach
-- common
create table app.t (a integer);
create materialized view app.m as select a from app.t;
-- a
-- b
alter materialized view app.m set (fillfactor = 50, autovacuum_enabled = false);

-- case: a view that was never filled stays empty
-- both: never refresh; never says analyze
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t with no data;
-- b
create materialized view app.m as select a from app.t where a > 1 with no data;

-- case: an empty view is filled
-- both: 1 statement; refresh materialized view app.m
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t with no data;
-- b
create materialized view app.m as select a from app.t;

-- case: a function that returns the view's rows moves along
-- both: detach function app.f(); create function app.f(); says rename to m
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create function app.f() returns setof app.m language sql as 'select * from app.m';
revoke execute on function app.f() from public;
grant execute on function app.f() to anon;
-- b
create materialized view app.m as select a from app.t where a > 1;
create function app.f() returns setof app.m language sql as 'select * from app.m';
revoke execute on function app.f() from public;
grant execute on function app.f() to anon;

-- case: a signature that the view's query uses
-- both: detach function app.f(integer); detach materialized view app.m; refresh materialized view app.m
-- both: create index app.m_a_idx; never drop
-- common
create table app.t (a integer);
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create materialized view app.m as select app.f(a)::text as a from app.t;
create index m_a_idx on app.m (a);
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create materialized view app.m as select app.f(a)::text as a from app.t;
create index m_a_idx on app.m (a);

-- case: a signature that only an index of the view uses
-- both: detach function app.f(integer); detach index app.m_f_idx; create index app.m_f_idx
-- both: never detach materialized view app.m; never refresh
-- common
create table app.t (a integer);
-- a
create function app.f(x integer) returns integer immutable language sql as 'select x';
create materialized view app.m as select a from app.t;
create index m_f_idx on app.m (app.f(a));
-- b
create function app.f(x integer) returns bigint immutable language sql as 'select x';
create materialized view app.m as select a from app.t;
create index m_f_idx on app.m (app.f(a));

-- case: names as long as they may be, quoted, and the interim one taken
-- both: says rename to; never drop
-- common
create table app.t (a integer);
create view app."M__new" as select a from app.t;
-- a
create materialized view app."M" as select a from app.t;
create materialized view app.a_name_of_sixty_three_bytes_which_is_all_that_postgresql_keeps__ as
select a from app.t;
create index an_index_of_sixty_three_bytes_which_is_all_that_postgresql_keeps_ on
app.a_name_of_sixty_three_bytes_which_is_all_that_postgresql_keeps__ (a);
-- b
create materialized view app."M" as select a from app.t where a > 1;
create materialized view app.a_name_of_sixty_three_bytes_which_is_all_that_postgresql_keeps__ as
select a from app.t where a > 1;
create index an_index_of_sixty_three_bytes_which_is_all_that_postgresql_keeps_ on
app.a_name_of_sixty_three_bytes_which_is_all_that_postgresql_keeps__ (a);

-- case: a view with an owner of its own is swapped
-- both: says rename to m; alter materialized view app.m; never drop
-- common
create table app.t (a integer);
grant select on app.t to hephaitos_api;
-- a
create materialized view app.m as select a from app.t;
grant create on schema app to hephaitos_api;
alter materialized view app.m owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant select on app.m to anon;
-- b
create materialized view app.m as select a from app.t where a > 1;
grant create on schema app to hephaitos_api;
alter materialized view app.m owner to hephaitos_api;
revoke create on schema app from hephaitos_api;
grant select on app.m to anon;

-- case: a view comes, is filled and indexed
-- there: create materialized view app.m; create index app.m_a_idx; 4 statements
-- back: drop materialized view app.m; 1 statement
-- common
create table app.t (a integer);
-- a
-- b
create materialized view app.m as select a from app.t;
create unique index m_a_idx on app.m (a);
grant select on app.m to anon;
comment on column app.m.a is 'the first';

-- case: a policy and a trigger look at what is swapped
-- both: alter policy app.t.p; says rename to m; never drop; never create policy app.t.p
-- common
create table app.t (a integer);
create table app.u (a integer);
-- a
create materialized view app.m as select a from app.u;
create policy p on app.t using (exists (select from app.m where m.a = t.a));
-- b
create materialized view app.m as select a from app.u where a > 1;
create policy p on app.t using (exists (select from app.m where m.a = t.a));

-- case: a parsed body reads what is swapped
-- both: replace function app.f(); says rename to m; never drop; never create function app.f()
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create function app.f() returns bigint language sql begin atomic select count(*) from app.m; end;
grant execute on function app.f() to anon;
-- b
create materialized view app.m as select a from app.t where a > 1;
create function app.f() returns bigint language sql begin atomic select count(*) from app.m; end;
grant execute on function app.f() to anon;

-- case: swapped together, with columns that are told apart by the views' names
-- both: says rename to "M"; says rename to n; never drop; never says is filled
-- common
create table app.t (a integer);
-- a
create materialized view app."M" as select a from app.t;
create materialized view app.n as select "M".a, t.a as b from app."M", app.t where "M".a = t.a;
-- b
create materialized view app."M" as select a from app.t where a > 1;
create materialized view app.n as select "M".a, t.a as b from app."M", app.t where "M".a = t.a;

-- case: a name below that may be something else, so that the view above is rebuilt
-- both: says rename to m; never says rename to n; detach materialized view app.n
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create materialized view app.n as select m.a as m from app.m;
-- b
create materialized view app.m as select a from app.t where a > 1;
create materialized view app.n as select m.a as m from app.m;

-- case: a view above looks through a shell too, and is filled when that is whole again
-- both: says rename to m; never says rename to n; replace view app.v
-- common
create table app.t (a integer);
-- a
create materialized view app.m as select a from app.t;
create view app.v as select a from app.m;
create materialized view app.n as select v.a, m.a as b from app.v, app.m;
-- b
create materialized view app.m as select a from app.t where a > 1;
create view app.v as select a from app.m;
create materialized view app.n as select v.a, m.a as b from app.v, app.m;
