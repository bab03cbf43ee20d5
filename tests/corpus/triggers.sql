-- Triggers: replaced in place, with the state that replacing forgets, and the copies on partitions.

-- case: the events change and the state stays
-- both: replace trigger app.t.t10_keep; alter trigger app.t.t10_keep; 2 statements
-- both: says enable always trigger t10_keep
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app.t for each row execute function app.keep();
alter table app.t enable always trigger t10_keep;
-- b
create trigger t10_keep after insert or delete on app.t for each row execute function app.keep();
alter table app.t enable always trigger t10_keep;

-- case: a disabled trigger is replaced and stays disabled
-- both: replace trigger app.t.t10_keep; says disable trigger t10_keep
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep before update on app.t for each row execute function app.keep('a');
alter table app.t disable trigger t10_keep;
-- b
create trigger t10_keep before update on app.t for each row execute function app.keep('b', 'c''d');
alter table app.t disable trigger t10_keep;

-- case: only the state changes
-- both: 1 statement; alter trigger app.t.t10_keep
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- a
-- b
alter table app.t enable replica trigger t10_keep;

-- case: the function's body changes and the trigger is not touched
-- both: 1 statement; replace function app.keep()
-- common
create table app.t (a integer);
-- a
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- b
create function app.keep() returns trigger language plpgsql as 'begin return new; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();

-- case: a trigger calls another function, which comes as the first goes
-- both: replace trigger app.t.t10_keep; 3 statements; never detach
-- common
create table app.t (a integer);
-- a
create function app.one() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.one();
-- b
create function app.two() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.two();

-- case: a trigger comes with its function and goes with it
-- there: create function app.keep(); create trigger app.t.t10_keep; 2 statements
-- back: drop trigger app.t.t10_keep; drop function app.keep(); 2 statements
-- common
create table app.t (a integer);
-- a
-- b
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();

-- case: columns, condition and transition tables
-- both: replace trigger app.t.t10_keep; replace trigger app.t.t20_keep; 2 statements
-- common
create table app.t (a integer, "B" text);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after update of a on app.t for each row
when (old.a is distinct from new.a) execute function app.keep();
create trigger t20_keep after insert on app.t for each statement execute function app.keep();
-- b
create trigger t10_keep after update of a, "B" on app.t for each row
when (old."B" <> new."B") execute function app.keep();
create trigger t20_keep after insert on app.t referencing new table as fresh
for each statement execute function app.keep();

-- case: a condition that calls what is rebuilt
-- both: detach function app.f(integer); create trigger app.t.t10_keep; alter trigger app.t.t10_keep
-- both: comment trigger app.t.t10_keep
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create function app.f(x integer) returns integer language sql as 'select x';
create trigger t10_keep after insert on app.t for each row when (app.f(new.a) > 1)
execute function app.keep();
alter table app.t disable trigger t10_keep;
comment on trigger t10_keep on app.t is 'keeps';
-- b
create function app.f(x integer) returns bigint language sql as 'select x';
create trigger t10_keep after insert on app.t for each row when (app.f(new.a) > 1)
execute function app.keep();
alter table app.t disable trigger t10_keep;
comment on trigger t10_keep on app.t is 'keeps';

-- case: a constraint trigger cannot be replaced
-- both: detach trigger app.t.t10_keep; create trigger app.t.t10_keep; alter trigger app.t.t10_keep
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create constraint trigger t10_keep after insert on app.t for each row execute function app.keep();
alter table app.t enable always trigger t10_keep;
-- b
create constraint trigger t10_keep after insert on app.t deferrable initially deferred
for each row execute function app.keep();
alter table app.t enable always trigger t10_keep;

-- case: a trigger becomes a constraint trigger
-- both: detach trigger app.t.t10_keep; create trigger app.t.t10_keep; 2 statements
-- common
create table app.t (a integer);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- b
create constraint trigger t10_keep after insert on app.t for each row execute function app.keep();

-- case: a trigger is renamed and quoted
-- there: drop trigger app."T".t10_keep; create trigger app."T"."T10 Keep"; 2 statements
-- common
create table app."T" (a integer);
create function app."Keep"() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app."T" for each row execute function app."Keep"();
-- b
create trigger "T10 Keep" after insert on app."T" for each row execute function app."Keep"();

-- case: a trigger of a partitioned table, with the copies on its partitions
-- both: replace trigger app.t.t10_keep; at most 3 statements
-- common
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create table app.t_2 partition of app.t for values from (10) to (20);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- b
create trigger t10_keep after insert or delete on app.t for each row execute function app.keep();

-- case: a copy on a partition has a state of its own
-- both: 1 statement; alter trigger app.t_1.t10_keep
-- common
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- a
-- b
alter table app.t_1 disable trigger t10_keep;

-- case: a copy keeps its own state while the trigger above is replaced
-- both: replace trigger app.t.t10_keep; alter trigger app.t_1.t10_keep
-- common
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app.t for each row execute function app.keep();
alter table app.t_1 disable trigger t10_keep;
-- b
create trigger t10_keep after insert or update on app.t for each row execute function app.keep();
alter table app.t_1 disable trigger t10_keep;

-- case: a trigger comes to a partitioned table, with a copy that is off
-- there: create trigger app.t.t10_keep; alter trigger app.t_1.t10_keep; 2 statements
-- back: drop trigger app.t.t10_keep; 1 statement
-- common
create table app.t (a integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
-- b
create trigger t10_keep after insert on app.t for each row execute function app.keep();
alter table app.t_1 disable trigger t10_keep;

-- case: partitions of partitions, and a trigger of one partition only
-- both: replace trigger app.t.t10_keep; replace trigger app.t_1.t20_own
-- common
create table app.t (a integer, b integer) partition by range (a);
create table app.t_1 partition of app.t for values from (1) to (10) partition by list (b);
create table app.t_1_1 partition of app.t_1 for values in (1);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
-- a
create trigger t10_keep after insert on app.t for each row execute function app.keep();
create trigger t20_own after insert on app.t_1 for each row execute function app.keep();
-- b
create trigger t10_keep after update on app.t for each row execute function app.keep();
create trigger t20_own after update on app.t_1 for each row execute function app.keep();

-- case: triggers of a table and of its heir are two
-- both: replace trigger app.heir.t10_keep; 1 statement
-- common
create table app.t (a integer);
create table app.heir (b integer) inherits (app.t);
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- a
create trigger t10_keep after insert on app.heir for each row execute function app.keep();
-- b
create trigger t10_keep after delete on app.heir for each row execute function app.keep();

-- case: a trigger calls a function of another schema
-- both: replace trigger app.t.t10_keep; never detach; 3 statements
-- common
create table app.t (a integer);
create schema app_far;
-- a
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create function app_far.stay() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app.keep();
-- b
create function app_far.keep() returns trigger language plpgsql as 'begin return null; end';
create function app_far.stay() returns trigger language plpgsql as 'begin return null; end';
create trigger t10_keep after insert on app.t for each row execute function app_far.keep();

-- case: an event trigger changes its tags, function and state
-- as: superuser
-- both: detach event trigger app; create event trigger app; alter event trigger app
-- common
create function app.one() returns event_trigger language plpgsql as 'begin end';
create function app.two() returns event_trigger language plpgsql as 'begin end';
-- a
create event trigger app on ddl_command_end when tag in ('CREATE TABLE') execute function app.one();
alter event trigger app disable;
-- b
create event trigger app on ddl_command_end when tag in ('CREATE VIEW', 'DROP VIEW')
execute function app.two();
alter event trigger app enable always;

-- case: an event trigger only changes its state
-- as: superuser
-- both: 1 statement; alter event trigger app
-- common
create function app.one() returns event_trigger language plpgsql as 'begin end';
create event trigger app on sql_drop execute function app.one();
-- a
-- b
alter event trigger app enable replica;
