-- Edits for the property test: one statement a line, drawn at random on top of schema.sql.
-- A word in braces is drawn from the pool of that name. Many draws are refused; that is no harm.
--
-- pool table: works.people works.orders works.scratch works.base works.heir works.events works.events_2026 works.fresh works.part_a
-- pool column: id email note nickname total placed_on kind extra payload happened_at fresh_column
-- pool type: integer bigint text varchar(20) numeric numeric(8,2) date timestamptz works.mood works.amount jsonb integer[]
-- pool constant: null 1 'x' now() '{}' 'fine'
-- pool role: anon authenticated service_role public hephaitos_api migrator
-- pool owner: hephaitos_api migrator
-- pool table_privilege: select insert update delete truncate references trigger all
-- pool function: works.total_of(bigint,numeric) works.stamp_trigger() works.many(integer) works.stamp_other_trigger() works.fresh_function(integer)
-- pool trigger_function: works.stamp_trigger() works.stamp_other_trigger()
-- pool sequence: works.ticket_seq works.loose_seq works.people_id_seq works.orders_id_seq
-- pool number: 1 2 5 7 100
-- pool view: works.rich works.fresh_view
-- pool matview: works.sums works.fresh_sums
-- pool schema: works side
-- pool trigger: t30_stamp t50_events t90_checked t70_fresh
-- pool policy: orders_select_own orders_insert_own fresh_policy
-- pool index: works.orders_placed_on_idx works.orders_lower_idx works.events_kind_idx works.sums_person_idx works.fresh_idx works.events_2026_kind_idx
-- pool constraint: people_email_key people_email_check orders_total_check orders_person_id_fkey fresh_check fresh_key
-- pool text: 'one' 'two' null
-- pool state: enable disable
-- pool fires: enable disable enable\ always enable\ replica
-- pool storage: plain external extended main
-- pool command: select insert update delete all
-- pool truth: true false
-- What the server words anew when it is sent what it printed of it.
-- pool condition: total\ between\ 1\ and\ 7\ and\ id\ >\ 1 total\ not\ between\ 1\ and\ 7\ or\ id\ =\ 1 (id,\ total)\ =\ (1,\ 2)\ and\ id\ <\ 7 id::varchar\ in\ ('1',\ '2') id\ in\ (select\ -1)

create schema fresh
drop schema side
alter schema {schema} owner to {owner}
grant usage on schema {schema} to {role}
grant create on schema {schema} to {role}
revoke usage on schema {schema} from {role}
comment on schema {schema} is {text}
create type works.fresh_mood as enum ('a', 'b')
alter type works.mood add value if not exists 'angry' before 'fine'
alter type works.mood rename value 'glad' to 'happy'
alter type works.mood owner to {owner}
alter type works.pair add attribute c {type}
alter type works.pair drop attribute if exists c
alter type works.pair alter attribute b type {type}
drop type works.span
comment on type works.pair is {text}
grant usage on type works.mood to {role}
revoke usage on type works.mood from {role}
create domain works.fresh_domain as {type} default {constant}
alter domain works.amount set default {number}
alter domain works.amount drop default
alter domain works.amount drop not null
alter domain works.amount set not null
alter domain works.amount drop constraint if exists amount_check
alter domain works.amount add constraint amount_check check (value > {number})
comment on domain works.amount is {text}
create sequence works.fresh_seq increment by {number}
alter sequence {sequence} increment by {number}
alter sequence {sequence} maxvalue {number}
alter sequence {sequence} cache {number}
alter sequence {sequence} cycle
alter sequence {sequence} start with {number}
alter sequence {sequence} owned by none
alter sequence works.loose_seq owned by {table}.{column}
alter sequence {sequence} owner to {owner}
grant usage on sequence {sequence} to {role}
revoke usage on sequence {sequence} from {role}
comment on sequence {sequence} is {text}
create table works.fresh (id {type}, fresh_column {type} default {constant})
create table works.part_a partition of works.events for values from ('2027-01-01') to ('2028-01-01')
create unlogged table works.fresh_unlogged (id integer primary key)
drop table {table}
drop table {table} cascade
alter table {table} set logged
alter table {table} set unlogged
alter table {table} owner to {owner}
alter table {table} set (fillfactor = 7{number})
alter table {table} reset (fillfactor)
alter table {table} set (toast.autovacuum_enabled = {truth})
alter table {table} enable row level security
alter table {table} disable row level security
alter table {table} force row level security
alter table {table} no force row level security
alter table {table} replica identity full
alter table {table} replica identity nothing
alter table {table} replica identity default
alter table works.events detach partition works.events_2026
alter table works.events attach partition works.events_2026 for values from ('2026-01-01') to ('2027-01-01')
alter table works.heir no inherit works.base
alter table works.heir inherit works.base
alter table {table} set without cluster
alter table {table} rename column {column} to fresh_column
alter table {table} add column fresh_column {type}
alter table {table} add column fresh_column {type} default {constant}
alter table {table} add column fresh_column integer generated always as (1) stored
alter table {table} add column fresh_column integer generated by default as identity
alter table {table} drop column {column}
alter table {table} drop column {column} cascade
alter table {table} alter column {column} type {type} using null::{type}
alter table {table} alter column {column} set default {constant}
alter table {table} alter column {column} drop default
alter table {table} alter column {column} set not null
alter table {table} alter column {column} drop not null
alter table {table} alter column {column} set statistics {number}
alter table {table} alter column {column} set statistics -1
alter table {table} alter column {column} set storage {storage}
alter table {table} alter column {column} set compression pglz
alter table {table} alter column {column} set (n_distinct = {number})
alter table {table} alter column {column} reset (n_distinct)
alter table {table} alter column {column} drop identity if exists
alter table {table} alter column {column} add generated always as identity
alter table {table} alter column {column} set generated by default
alter table {table} alter column {column} drop expression
grant {table_privilege} on {table} to {role}
revoke {table_privilege} on {table} from {role}
grant select on {table} to {role} with grant option
grant select ({column}), update ({column}) on {table} to {role}
revoke select ({column}) on {table} from {role}
comment on table {table} is {text}
comment on column {table}.{column} is {text}
alter table {table} add constraint fresh_check check ({column} is not null)
alter table {table} add constraint fresh_check check ({column} is not null) not valid
alter table {table} add constraint fresh_key unique ({column})
alter table {table} add constraint fresh_fkey foreign key ({column}) references works.people (id) not valid
alter table {table} drop constraint if exists {constraint}
alter table {table} drop constraint if exists {constraint} cascade
alter table {table} validate constraint {constraint}
alter table {table} rename constraint {constraint} to fresh_name
alter table {table} alter constraint {constraint} deferrable initially deferred
comment on constraint {constraint} on {table} is {text}
create index fresh_idx on {table} ({column})
create index fresh_idx on {table} ({column} desc) include (id)
create unique index fresh_idx on {table} ({column}) where {column} is not null
create index fresh_idx on works.orders (id) where {condition}
drop index {index}
alter index {index} set (fillfactor = 5{number})
alter index {index} rename to renamed_idx
alter index {index} alter column 1 set statistics {number}
alter table {table} cluster on fresh_idx
comment on index {index} is {text}
create statistics works.fresh_stats on {column}, id from {table}
alter statistics works.orders_stats set statistics {number}
alter statistics works.orders_stats owner to {owner}
drop statistics works.orders_stats
comment on statistics works.orders_stats is {text}
create function works.fresh_function(integer) returns integer language sql as 'select {number}'
create or replace function works.fresh_function(integer) returns integer language sql as 'select {number} + 1'
create or replace function works.many(integer) returns setof integer language sql as 'select {number}'
create function works.fresh_function(id integer, total integer) returns table (n integer, t text) language sql begin atomic select 1, 'x' where {condition}; end
do $$ begin execute pg_get_functiondef('works.fresh_function(integer,integer)'::regprocedure); end $$
create function works.fresh_function(integer, text default 'x') returns text language sql as 'select $2'
drop function {function}
drop function {function} cascade
alter function {function} security definer
alter function {function} security invoker
alter function {function} stable
alter function {function} immutable
alter function {function} strict
alter function {function} called on null input
alter function {function} parallel safe
alter function {function} cost {number}
alter function {function} rows {number}
alter function {function} set search_path = ''
alter function {function} set work_mem = '{number}MB'
alter function {function} reset all
alter function {function} owner to {owner}
grant execute on function {function} to {role}
revoke execute on function {function} from {role}
comment on function {function} is {text}
create or replace procedure works.tidy(inout seen integer) language plpgsql as 'begin seen := {number}; end'
drop procedure works.tidy
alter procedure works.tidy security definer
comment on procedure works.tidy is {text}
drop aggregate works.total(integer)
create or replace aggregate works.total(integer) (sfunc = int4pl, stype = integer, initcond = '{number}')
alter aggregate works.total(integer) owner to {owner}
comment on aggregate works.total(integer) is {text}
create view works.fresh_view as select * from {table}
create or replace view works.rich as select orders.id, orders.total from works.orders where orders.id > {number}
create or replace view works.rich as select orders.id, orders.total from works.orders where {condition}
create view works.fresh_view as select orders.id from works.orders where exists (select null where {condition})
do $$ begin execute 'create or replace view works.rich as ' || pg_get_viewdef('works.rich'::regclass); end $$
do $$ begin execute 'create or replace view works.fresh_view as ' || pg_get_viewdef('works.fresh_view'::regclass); end $$
alter view {view} set (security_invoker = {truth})
alter view {view} reset (security_barrier)
alter view {view} owner to {owner}
alter view {view} alter column id set default {number}
drop view {view}
grant {table_privilege} on {view} to {role}
comment on view {view} is {text}
comment on column works.rich.id is {text}
create materialized view works.fresh_sums as select count(*) as total from {table}
drop materialized view {matview}
alter materialized view {matview} set (fillfactor = 4{number})
alter materialized view {matview} owner to {owner}
alter materialized view works.sums alter column total set statistics {number}
grant {table_privilege} on {matview} to {role}
comment on materialized view {matview} is {text}
create or replace rule keep_base as on delete to works.base do instead nothing
create or replace rule fresh_rule as on update to {table} where old.id > {number} do instead nothing
drop rule keep_base on works.base
alter table works.base disable rule keep_base
alter table works.base enable always rule keep_base
comment on rule keep_base on works.base is {text}
create or replace trigger t70_fresh before update on {table} for each row execute function {trigger_function}
create or replace trigger t70_fresh after insert on {table} for each statement execute function {trigger_function}
create or replace trigger t30_stamp before insert on works.people for each row execute function {trigger_function}
drop trigger {trigger} on {table}
alter table {table} {fires} trigger {trigger}
alter trigger {trigger} on {table} rename to t71_renamed
comment on trigger {trigger} on {table} is {text}
create policy fresh_policy on {table} for {command} to {role} using ({truth})
create policy fresh_policy on {table} as restrictive for insert to {role} with check ({truth})
alter policy {policy} on works.orders to {role}
alter policy {policy} on works.orders using (person_id = {number})
alter policy {policy} on works.orders using ({condition})
do $$ begin execute (select format('alter policy %I on works.orders using (%s)', polname, pg_get_expr(polqual, polrelid)) from pg_policy where polname = 'orders_select_own'); end $$
alter policy {policy} on works.orders with check (person_id = {number})
drop policy {policy} on works.orders
comment on policy {policy} on works.orders is {text}
create publication fresh_feed for table {table}
alter publication works_feed add table only {table}
alter publication works_feed drop table {table}
alter publication works_feed set (publish = 'insert, update')
alter publication works_feed set (publish_via_partition_root = {truth})
alter publication works_feed set table works.orders where (total > {number})
drop publication works_feed
comment on publication works_feed is {text}
alter default privileges in schema {schema} grant {table_privilege} on tables to {role}
alter default privileges in schema {schema} revoke select on tables from {role}
alter default privileges grant execute on functions to {role}
alter default privileges revoke execute on functions from public
alter default privileges in schema {schema} grant usage on sequences to {role}
alter default privileges grant usage on types to {role}
