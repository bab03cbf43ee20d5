-- One of everything that facts know, for tests that change one thing and ask what was noticed.
-- Run as migrator in a pristine database, one transaction.
create schema works;
comment on schema works is 'one of everything';
grant usage on schema works to authenticated;

create schema side;

alter default privileges revoke usage on types from public;

create type works.mood as enum ('sad', 'fine', 'glad');
create type works.pair as (a integer, b text collate "C");
create type works.span as range (subtype = double precision, subtype_diff = float8mi);
create domain works.amount as numeric(10, 2) default 1 not null
constraint amount_check check (value >= 0);
comment on type works.mood is 'how somebody feels';

create sequence works.ticket_seq increment by 2 cache 5;
create sequence works.loose_seq;

create table works.people (
    id bigint generated always as identity primary key,
    email text not null,
    mood works.mood default 'fine',
    balance works.amount,
    nickname text collate "C" default 'none',
    email_lower text generated always as (lower(email)) stored,
    joined_at timestamptz not null default now(),
    note text,
    constraint people_email_key unique (email),
    constraint people_email_check check (email like '%@%')
);
comment on table works.people is 'who takes part';
comment on column works.people.email is 'where to write';
alter table works.people alter column note set statistics 200;
alter table works.people alter column note set (n_distinct = 7);
alter table works.people alter column note set storage external;
alter table works.people set (fillfactor = 80, toast.autovacuum_enabled = false);
grant select on works.people to authenticated;
grant select (email), update (nickname) on works.people to anon;

create table works.orders (
    id serial primary key,
    person_id bigint not null,
    total numeric not null default 0,
    placed_on date not null,
    tags text[] default '{}',
    constraint orders_person_id_fkey foreign key (person_id)
    references works.people (id) on delete cascade
);
alter table works.orders add constraint orders_total_check check (total >= 0) not valid;
alter table works.orders enable row level security;
alter table works.orders force row level security;
create index orders_placed_on_idx on works.orders (placed_on) where total > 10;
create index orders_lower_idx on works.orders (lower(tags [1]));
create unique index orders_person_idx on works.orders (person_id, placed_on);
alter table works.orders replica identity using index orders_person_idx;
alter table works.orders cluster on orders_pkey;
comment on index works.orders_placed_on_idx is 'for the day''s list';
comment on constraint orders_total_check on works.orders is 'no debts';
create statistics works.orders_stats (dependencies) on person_id, placed_on from works.orders;

create unlogged table works.scratch (id integer, payload jsonb);

create table works.base (id integer, kind text);
create table works.heir (extra text) inherits (works.base);

create table works.events (
    id bigint not null,
    happened_at timestamptz not null,
    kind text,
    primary key (id, happened_at)
) partition by range (happened_at);
create table works.events_2026 partition of works.events
for values from ('2026-01-01') to ('2027-01-01');
create table works.events_rest partition of works.events default;
create index events_kind_idx on works.events (kind);

create function works.total_of(person bigint, plus numeric default 0)
returns numeric
language sql
stable
security invoker
begin atomic
    select coalesce(sum(orders.total), 0) + plus
    from works.orders
    where orders.person_id = person;
end;
comment on function works.total_of(bigint, numeric) is 'what somebody spent';
grant execute on function works.total_of(bigint, numeric) to authenticated;

create function works.stamp_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    new.note := 'stamped';
    return new;
end;
$$;
revoke execute on function works.stamp_trigger() from public;

create function works.stamp_other_trigger()
returns trigger
language plpgsql
as $$ begin return new; end $$;

create function works.many(integer)
returns setof integer
language sql
immutable
strict
parallel safe
cost 10
rows 5
as $$ select generate_series(1, $1) $$;

create procedure works.tidy(inout seen integer)
language plpgsql
as $$ begin seen := 1; end $$;

create aggregate works.total (integer) (sfunc = int4pl, stype = integer, initcond = '0');

create view works.rich with (security_barrier = true) as
select orders.id, orders.total from works.orders where orders.total > 100;
comment on view works.rich is 'large orders';
comment on column works.rich.total is 'more than 100';
alter view works.rich alter column total set default 5;

create materialized view works.sums with (fillfactor = 90) as
select orders.person_id, sum(orders.total) as total from works.orders group by orders.person_id;
create unique index sums_person_idx on works.sums (person_id);
grant select on works.sums to authenticated;

create rule keep_base as on delete to works.base do instead nothing;
comment on rule keep_base on works.base is 'nothing leaves';

create trigger t30_stamp before insert or update on works.people
for each row execute function works.stamp_trigger();
alter table works.people enable always trigger t30_stamp;
comment on trigger t30_stamp on works.people is 'stamps';
create trigger t50_events after insert on works.events
for each row execute function works.stamp_other_trigger();
create constraint trigger t90_checked after insert on works.orders
deferrable initially deferred
for each row execute function works.stamp_other_trigger();

create policy orders_select_own on works.orders for select to authenticated
using (person_id = 1);
create policy orders_insert_own on works.orders for insert to authenticated
with check (person_id = 1);
comment on policy orders_select_own on works.orders is 'one''s own';

create publication works_feed for table works.people (id, email),
works.orders where (total > 1);

alter default privileges in schema works grant select on tables to authenticated;
