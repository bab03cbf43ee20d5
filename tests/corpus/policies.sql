-- Policies and row security: altered where ALTER has the words, for every CREATE locks out readers.

-- case: an expression changes
-- both: 1 statement; alter policy app.t.p
-- common
create table app.t (a integer, b integer);
-- a
create policy p on app.t for select using (a > 1);
-- b
create policy p on app.t for select using (b > 1);

-- case: both expressions and the roles change in one statement
-- both: 1 statement; alter policy app.t.p
-- common
create table app.t (a integer, b integer);
-- a
create policy p on app.t to anon using (a > 1) with check (a > 1);
-- b
create policy p on app.t to authenticated, service_role using (b > 1) with check (b > 2);

-- case: roles change to everybody and back
-- both: 1 statement; alter policy app.t.p
-- common
create table app.t (a integer);
-- a
create policy p on app.t to anon using (true);
-- b
create policy p on app.t to public using (true);

-- case: a check is added, and ALTER cannot take it away
-- there: 1 statement; alter policy app.t.p
-- back: detach policy app.t.p; create policy app.t.p; comment policy app.t.p; 3 statements
-- common
create table app.t (a integer);
-- a
create policy p on app.t using (a > 1);
comment on policy p on app.t is 'own';
-- b
create policy p on app.t using (a > 1) with check (a > 2);
comment on policy p on app.t is 'own';

-- case: the command changes
-- both: detach policy app.t.p; create policy app.t.p; 2 statements
-- common
create table app.t (a integer);
-- a
create policy p on app.t for select using (a > 1);
-- b
create policy p on app.t for delete using (a > 1);

-- case: a policy becomes restrictive
-- both: detach policy app.t.p; create policy app.t.p; 2 statements
-- common
create table app.t (a integer);
-- a
create policy p on app.t using (a > 1);
-- b
create policy p on app.t as restrictive using (a > 1);

-- case: a policy is renamed and quoted
-- there: drop policy app."T".p; create policy app."T"."May See"; 2 statements
-- common
create table app."T" ("A" integer);
-- a
create policy p on app."T" for insert with check ("A" > 1);
-- b
create policy "May See" on app."T" for insert with check ("A" > 1);

-- case: the signature of a function that policies call
-- both: detach function app.me(); alter policy app.t.p; alter policy app.u.p; never drop
-- both: never create policy app.t.p; never detach policy app.x.p
-- common
create table app.t (a integer);
create table app.u (a integer);
-- a
create function app.me() returns integer stable language sql as 'select 1';
create policy p on app.t using (a = (select app.me())) with check (a = app.me());
create policy p on app.u for insert with check (a = app.me());
-- b
create function app.me() returns bigint stable language sql as 'select 1';
create policy p on app.t using (a = (select app.me())) with check (a = app.me());
create policy p on app.u for insert with check (a = app.me());

-- case: a policy that looks at a view which is rebuilt
-- both: detach view app.v; create view app.v; alter policy app.t.p; never create policy app.t.p
-- common
create table app.t (a integer);
create table app.u (a integer);
-- a
create view app.v as select a from app.u;
create policy p on app.t using (a in (select v.a from app.v));
-- b
create view app.v as select a::bigint as a from app.u;
create policy p on app.t using (a in (select v.a from app.v));

-- case: a function comes together with the policy that calls it
-- there: create function app.me(); create policy app.t.p; 2 statements
-- back: drop policy app.t.p; drop function app.me(); 2 statements
-- common
create table app.t (a integer);
-- a
-- b
create function app.me() returns integer stable language sql as 'select 1';
create policy p on app.t using (a = app.me());

-- case: a policy stops calling a function that goes
-- there: alter policy app.t.p; drop function app.me(); 2 statements
-- back: create function app.me(); alter policy app.t.p; 2 statements
-- common
create table app.t (a integer);
-- a
create function app.me() returns integer stable language sql as 'select 1';
create policy p on app.t using (a = app.me());
-- b
create policy p on app.t using (a = 1);

-- case: row security is switched on and forced
-- both: 2 statements; alter table app.t; never detach
-- common
create table app.t (a integer);
-- a
-- b
alter table app.t enable row level security;
alter table app.t force row level security;

-- case: row security on each partition by itself
-- both: 2 statements; alter table app.t; alter table app.t_1
-- common
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
-- a
-- b
alter table app.t enable row level security;
alter table app.t_1 enable row level security;

-- case: policies on a table and on its heir are two
-- both: 1 statement; alter policy app.heir.p
-- common
create table app.t (a integer);
create table app.heir (b integer) inherits (app.t);
create policy p on app.t using (a > 1);
-- a
create policy p on app.heir using (a > 1);
-- b
create policy p on app.heir using (b > 1);
