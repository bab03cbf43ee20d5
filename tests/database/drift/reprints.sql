-- Conditions and values that PostgreSQL prints anew when it is sent its own words, in every place
-- where it keeps an expression. Run as migrator in a database with nothing in it.
create schema prints;

create type prints.mood as enum ('sad', 'fine', 'glad');
create domain prints.score as integer
default (array['1', '2']::text[]::integer[])[1]
check (value between 1 and 10 and value <> 5);

create table prints.visits (
    id integer primary key,
    person integer,
    age integer,
    status varchar(20),
    mood prints.mood,
    score prints.score,
    is_open boolean,
    visited_on date,
    tags varchar(10)[] default array['new', 'open']::text[]::varchar(10)[],
    is_adult boolean default (1 between 0 and 2 and true),
    is_young boolean generated always as (age between 1 and 30 and is_open) stored,
    constraint visits_age_check check (age between 1 and 120 and person > 0 and is_open),
    constraint visits_age_not_check check (age not between 130 and 140 or is_open),
    constraint visits_status_check check (status in ('new', 'open', 'done')),
    constraint visits_pair_check check ((person, age) = (1, 2) and is_open),
    constraint visits_any_check check ((person, age) <> (1, 2) or is_open),
    constraint visits_mood_check check (mood = any (array['sad', 'glad']::text[]::prints.mood[])),
    constraint visits_excl exclude using btree (id with =)
    where (age between 1 and 2 and is_open)
);
create index visits_age_idx on prints.visits (age) where age between 1 and 30 and is_open;
create index visits_case_idx on prints.visits
((case when age between 1 and 30 and is_open then 1 else 2 end));
create statistics prints.visits_stats on (age between 1 and 30 and is_open), id
from prints.visits;
alter table prints.visits enable row level security;
create policy visits_select on prints.visits for select
using (age between 1 and 30 and is_open);
create policy visits_update on prints.visits for update
using (status in ('new', 'open')) with check (age between 1 and 30 and is_open and status in ('a', 'b'));

create table prints.days (day date, is_open boolean, age integer)
partition by list (((age between 1 and 30 and is_open)));
create table prints.days_open partition of prints.days for values in (true);

create view prints.open_visits as
select
    visits.id,
    visits.age between 1 and 30 and visits.is_open as is_young,
    case when visits.age not between 1 and 3 or visits.is_open then 'x' else visits.status end as word,
    count(*) filter (where visits.age between 1 and 2 and visits.is_open) over () as openings,
    coalesce((select 'none' where visits.age between 1 and 2 and visits.is_open), 'x') as other
from prints.visits
left join prints.days on visits.age between days.age and 7 and visits.is_open
where
    visits.status not in ('done', 'gone')
    and exists (select null from prints.days where days.age between 1 and 2 and days.is_open)
    and (visits.person, visits.status) in (select -1, 'x');

create materialized view prints.ages as
with young as (
    select visits.age from prints.visits where (visits.age between 1 and 30 and visits.is_open)
)
select young.age, count(*) as people
from young
group by young.age
having count(*) between 1 and 9 and bool_and(young.age > 0) and max(young.age) < 9
with no data;

create function prints.find_visits(
    p_age integer default 7,
    p_is_open boolean default (1 between 0 and 2 and true),
    p_tags varchar[] default array['a', 'b']::text[]::varchar[]
) returns table (id integer, kind text)
language sql stable
begin atomic
    select visits.id, 'visit'
    from prints.visits
    where visits.age between 1 and p_age and p_is_open and visits.status in ('new', 'open');
end;

create function prints.is_young(p_age integer, p_is_open boolean) returns boolean
language sql immutable
return p_age between 1 and 30 and p_is_open;

create procedure prints.close_visits(p_age integer)
language sql
begin atomic
    update prints.visits set status = 'done' where visits.age between 1 and p_age and visits.is_open;
    insert into prints.visits (id, status) values (p_age, 'x') on conflict (id) do update
    set status = 'y' where visits.age between 1 and 2 and visits.is_open;
end;

create function prints.note() returns trigger language plpgsql as $$
begin
    -- Somebody's own words: ((a and b) and c) isn't printed anew, nor (array['a'::varchar])::text[].
    if ((new.age > 1 and new.age < 9) and new.is_open) then
        new.status := (array['a'::varchar, 'b'])[1];
    end if;
    return new;
end
$$;
create trigger t10_note before update on prints.visits for each row
when (new.age between 1 and 30 and new.is_open and new.status in ('new', 'open'))
execute function prints.note('((a AND b) AND c)');

create rule visits_gone as on delete to prints.visits
where old.age between 1 and 30 and old.is_open
do instead update prints.visits set is_open = false
where visits.age between 1 and 2 and visits.is_open;

create publication prints_visits for table prints.visits
where (id between 1 and 30 and id <> 7) with (publish = 'insert');

comment on table prints.visits is '((a AND b) AND c)';
