set local lock_timeout = '2s';

-- changes: 3 tables made, 4 functions made, 3 procedures made, 5 triggers made
-- locks:   share row exclusive on public.backtest_results and public.strategies
-- loses:   nothing

-- change:
create table internal.views (
    view_name text not null,
    minimum_interval interval not null default '1 minute',
    maximum_staleness interval not null default '1 day',
    constraint views_pkey primary key (view_name),
    constraint views_minimum_interval_check check (minimum_interval >= '0'),
    constraint views_maximum_staleness_check check (maximum_staleness >= minimum_interval)
);

comment on table internal.views is
'Materialized views of this schema that refresh themselves, and how eagerly.';
comment on constraint views_pkey on internal.views is
'global: views belong to the house, not to a tenant.';
comment on column internal.views.minimum_interval is
'A view that was written to is not refreshed again before so long.';
comment on column internal.views.maximum_staleness is
'A view is refreshed after so long whether or not it was written to; one that was written to and '
'is not refreshed for so long is overdue.';

create table internal.view_marks (
    view_name text not null,
    xact_id xid8 not null default pg_current_xact_id(),
    marked_at timestamptz not null default clock_timestamp(),
    constraint view_marks_pkey primary key (view_name, xact_id)
)
-- Rows live for a minute: vacuum by their number, not by the size of an empty table.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

comment on table internal.view_marks is
'Which transactions wrote what a view is made of: one row each, so that no writer waits for '
'another. A refresh removes those that it could see before it began, and no others.';
comment on constraint view_marks_pkey on internal.view_marks is
'global: views belong to the house, not to a tenant.';

create table internal.view_refreshes (
    id bigint not null generated always as identity,
    view_name text not null,
    refreshed_at timestamptz not null,
    duration interval not null,
    mark_count bigint not null,
    dirty_since timestamptz,
    error text,
    constraint view_refreshes_pkey primary key (id),
    constraint view_refreshes_mark_count_check check (mark_count >= 0)
);

-- The last one of a view; and those that are old enough to go.
create index view_refreshes_view_name_refreshed_at_idx
on internal.view_refreshes (view_name, refreshed_at);

comment on table internal.view_refreshes is 'What was refreshed, how long it took, and what failed.';
comment on constraint view_refreshes_pkey on internal.view_refreshes is
'global: views belong to the house, not to a tenant.';
comment on column internal.view_refreshes.mark_count is
'How many transactions had written to it; what failed leaves their marks.';
comment on column internal.view_refreshes.dirty_since is 'When the first of them did.';

insert into internal.views (view_name) values ('strategy_performance_agg');

-- file: sql/access/internal/views.sql
-- purpose:    Which views refresh themselves, set by revisions and by whoever operates them.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.views
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.views to hephaitos_internal;

alter table internal.views enable row level security;
alter table internal.views force row level security;

drop policy if exists views_select_internal on internal.views;
create policy views_select_internal on internal.views
for select to hephaitos_internal
using (true);

-- file: sql/access/internal/view_marks.sql
-- purpose:    Triggers mark views that were written to; the refresher takes the marks away.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.view_marks
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, delete on internal.view_marks to hephaitos_internal;

alter table internal.view_marks enable row level security;
alter table internal.view_marks force row level security;

drop policy if exists view_marks_select_internal on internal.view_marks;
create policy view_marks_select_internal on internal.view_marks
for select to hephaitos_internal
using (true);

drop policy if exists view_marks_insert_internal on internal.view_marks;
create policy view_marks_insert_internal on internal.view_marks
for insert to hephaitos_internal
with check (true);

drop policy if exists view_marks_delete_internal on internal.view_marks;
create policy view_marks_delete_internal on internal.view_marks
for delete to hephaitos_internal
using (true);

-- file: sql/access/internal/view_refreshes.sql
-- purpose:    The log of refreshes is written by the refresher.
-- security:   no role of the API has a right here.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.view_refreshes
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, delete on internal.view_refreshes to hephaitos_internal;

revoke all on sequence internal.view_refreshes_id_seq
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;

alter table internal.view_refreshes enable row level security;
alter table internal.view_refreshes force row level security;

drop policy if exists view_refreshes_select_internal on internal.view_refreshes;
create policy view_refreshes_select_internal on internal.view_refreshes
for select to hephaitos_internal
using (true);

drop policy if exists view_refreshes_insert_internal on internal.view_refreshes;
create policy view_refreshes_insert_internal on internal.view_refreshes
for insert to hephaitos_internal
with check (true);

drop policy if exists view_refreshes_delete_internal on internal.view_refreshes;
create policy view_refreshes_delete_internal on internal.view_refreshes
for delete to hephaitos_internal
using (true);

-- file: sql/functions/internal/refresh_view.sql
-- purpose:    Refresh one materialized view of this schema, and take away the marks of those
--             transactions that it then holds: the marks that could be seen before the refresh
--             began. Who commits later keeps the mark, and the view stays dirty. The answer is what
--             became of it: refreshed; busy, when somebody else is at it; failed, with the error in
--             internal.view_refreshes and the marks left as they were.
-- security:   definer: its owner owns the views. The name is looked up before it is used.
-- complexity: what the view's query costs, once; readers of the view are not held up.
-- callers:    internal.refresh_views().
-- raises:     0A000 under another isolation level than read committed: the refresh would not see
--             what was committed while it waited; 22023 for a view that internal.views has not.

create or replace function internal.refresh_view(
    p_view_name text, p_now timestamptz default now()
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_is_populated boolean;
    v_mark_count bigint;
    v_dirty_since pg_catalog.timestamptz;
    v_began_at pg_catalog.timestamptz := clock_timestamp();
    v_error pg_catalog.text;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'views can be refreshed under read committed only'
            using errcode = 'feature_not_supported',
                  detail = 'The transaction has another isolation level.',
                  hint = 'Begin the transaction with isolation level read committed.';
    end if;
    select pg_class.relispopulated
    into v_is_populated
    from internal.views
    inner join pg_catalog.pg_class
        on pg_class.relname = views.view_name
    where
        views.view_name = p_view_name
        and pg_class.relnamespace = 'internal'::regnamespace
        and pg_class.relkind = 'm';
    if not found then
        raise exception 'no view of this name refreshes itself'
            using errcode = 'invalid_parameter_value',
                  detail = format('internal.views has no materialized view %I.', p_view_name),
                  hint = 'Pass one of its names.';
    end if;
    if not pg_try_advisory_xact_lock(hashtextextended('refresh of internal.' || p_view_name, 0))
    then
        return 'busy';
    end if;

    begin
        -- First the marks, then the view: each statement has a snapshot of its own, so that the
        -- refresh sees at least those transactions whose marks are taken away here.
        with taken as (
            delete from internal.view_marks
            where view_marks.view_name = p_view_name
            returning view_marks.marked_at
        )
        select count(*), min(taken.marked_at) into v_mark_count, v_dirty_since from taken;
        execute format(
            'refresh materialized view %s internal.%I',
            case when v_is_populated then 'concurrently' else '' end,
            p_view_name
        );
    exception
        when others then
            v_error := format('%s %s', sqlstate, sqlerrm);
            v_mark_count := 0;
            v_dirty_since := null;
    end;
    insert into internal.view_refreshes (
        view_name, refreshed_at, duration, mark_count, dirty_since, error
    )
    values (
        p_view_name,
        p_now,
        clock_timestamp() - v_began_at,
        v_mark_count,
        v_dirty_since,
        v_error
    );
    delete from internal.view_refreshes
    where
        view_refreshes.view_name = p_view_name
        and view_refreshes.refreshed_at < p_now - interval '30 days';
    return case when v_error is null then 'refreshed' else 'failed' end;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.refresh_view(text, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.refresh_view(text, timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.refresh_view(text, timestamptz) is
'Refreshes one materialized view and takes away the marks of what it then holds.';

-- file: sql/functions/internal/get_view_states.sql
-- purpose:    How each view that refreshes itself does: since when it is dirty, when it was last
--             refreshed and how long that took, whether it is due, and why; whether it is overdue:
--             dirty for longer than its maximum_staleness, which is the figure to alarm on; and the
--             error of the last attempt, if that failed.
-- security:   definer, since nobody else may read the tables; nothing of what views hold.
-- complexity: O(v) index probes and one scan of marks, which live for a minute.
-- callers:    internal.refresh_dirty_views(); monitoring.

create or replace function internal.get_view_states(p_now timestamptz default now())
returns table (
    view_name text,
    mark_count bigint,
    dirty_since timestamptz,
    refreshed_at timestamptz,
    duration interval,
    due_reason text,
    is_overdue boolean,
    error text
)
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
    with states as (
        select
            views.view_name,
            views.minimum_interval,
            views.maximum_staleness,
            coalesce(marks.mark_count, 0) as mark_count,
            marks.dirty_since,
            done.refreshed_at,
            done.duration,
            last.error
        from internal.views
        left join (
            select
                view_marks.view_name,
                count(*) as mark_count,
                min(view_marks.marked_at) as dirty_since
            from internal.view_marks
            group by view_marks.view_name
        ) as marks
            on marks.view_name = views.view_name
        left join lateral (
            select
                view_refreshes.refreshed_at,
                view_refreshes.duration
            from internal.view_refreshes
            where
                view_refreshes.view_name = views.view_name
                and view_refreshes.error is null
            order by view_refreshes.refreshed_at desc
            limit 1
        ) as done
            on true
        left join lateral (
            select view_refreshes.error
            from internal.view_refreshes
            where view_refreshes.view_name = views.view_name
            order by view_refreshes.refreshed_at desc, view_refreshes.id desc
            limit 1
        ) as last
            on true
    )
    select
        states.view_name,
        states.mark_count,
        states.dirty_since,
        states.refreshed_at,
        states.duration,
        case
            when states.refreshed_at is null then 'never refreshed'
            when p_now >= states.refreshed_at + states.maximum_staleness then 'stale'
            when
                states.mark_count > 0
                and p_now >= states.refreshed_at + states.minimum_interval
                then 'dirty'
        end,
        coalesce(p_now > states.dirty_since + states.maximum_staleness, false),
        states.error
    from states
    order by states.view_name;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.get_view_states(timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_view_states(timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.get_view_states(timestamptz) is
'How each view that refreshes itself does: dirty, due, overdue, failed.';

-- file: sql/functions/internal/refresh_views.sql
-- purpose:    Refresh views one after the other, each in a transaction of its own, so that none
--             holds up another or takes it down. Safe twice and beside itself: who finds a view in
--             somebody else's hands leaves it to them.
-- security:   invoker, since one that runs as its owner may not commit; closed to the API.
-- complexity: what the views cost; internal.refresh_view() tells.
-- callers:    internal.refresh_dirty_views(), internal.refresh_all_views().
-- raises:     PV001 after the last one, when one or more have failed.

create or replace procedure internal.refresh_views(p_view_names text[], p_now timestamptz)
language plpgsql
security invoker
as $$
declare
    v_view_name pg_catalog.text;
    v_failed pg_catalog.text[];
begin
    for v_view_name in
        select names.view_name
        from unnest(p_view_names) with ordinality as names (view_name, place)
        order by names.place
    loop
        if internal.refresh_view(v_view_name, p_now) = 'failed' then
            v_failed := array_append(v_failed, v_view_name);
        end if;
        commit;
    end loop;
    if cardinality(v_failed) > 0 then
        raise exception 'views could not be refreshed: %', array_to_string(v_failed, ', ')
            using errcode = 'PV001',
                  detail = 'Those that could are refreshed all the same.',
                  hint = 'Read the errors in internal.view_refreshes.';
    end if;
end;
$$;

revoke all on procedure internal.refresh_views(text[], timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on procedure internal.refresh_views (text [], timestamptz) is
'Refreshes views one after the other, each in a transaction of its own.';

-- file: sql/functions/internal/refresh_dirty_views.sql
-- purpose:    Refresh the views that are due: written to and old enough for it, or so old that it
--             does not matter whether they were.
-- security:   invoker; closed to the API.
-- complexity: O(v) index probes when none is due.
-- callers:    scheduled every minute. Late, twice or beside itself it does what is due by then.
-- raises:     PV001 after the last one, when one or more have failed.

create or replace procedure internal.refresh_dirty_views(p_now timestamptz default now())
language plpgsql
security invoker
as $$
declare
    v_view_names pg_catalog.text[];
begin
    select array_agg(states.view_name order by states.view_name)
    into v_view_names
    from internal.get_view_states(p_now) as states
    where states.due_reason is not null;
    call internal.refresh_views(coalesce(v_view_names, '{}'), p_now);
end;
$$;

revoke all on procedure internal.refresh_dirty_views(timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on procedure internal.refresh_dirty_views (timestamptz) is
'Refreshes the views that are due.';

-- file: sql/functions/internal/refresh_all_views.sql
-- purpose:    Refresh every view, due or not: also what a trigger that was switched off has missed.
-- security:   invoker; closed to the API.
-- complexity: what the views cost; internal.refresh_view() tells.
-- callers:    scheduled once a day.
-- raises:     PV001 after the last one, when one or more have failed.

create or replace procedure internal.refresh_all_views(p_now timestamptz default now())
language plpgsql
security invoker
as $$
declare
    v_view_names pg_catalog.text[];
begin
    select array_agg(states.view_name order by states.view_name)
    into v_view_names
    from internal.get_view_states(p_now) as states;
    call internal.refresh_views(coalesce(v_view_names, '{}'), p_now);
end;
$$;

revoke all on procedure internal.refresh_all_views(timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on procedure internal.refresh_all_views (timestamptz) is 'Refreshes every view.';

-- file: sql/functions/internal/mark_views_dirty_trigger.sql
-- purpose:    Remember that a transaction wrote what views are made of: the arguments of the
--             trigger are their names. Never refreshes: a refresh inside a writer's transaction
--             sees none of the others, and the last of two leaves the view without the first.
-- security:   definer: writers have no right to mark. Whether there are rows is all it asks.
-- complexity: O(1), one insert a statement; the second of a transaction finds the mark there.
--             Transactions mark for themselves, so that no writer waits for another.
-- callers:    triggers t70_mark_dirty_…

create or replace function internal.mark_views_dirty_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    insert into internal.view_marks (view_name)
    select names.view_name
    from unnest(tg_argv) as names (view_name)
    where exists (select from changed_rows)
    on conflict do nothing;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.mark_views_dirty_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.mark_views_dirty_trigger()
from public, anon, authenticated, service_role;

comment on function internal.mark_views_dirty_trigger() is
'Marks the views that its arguments name, if the statement changed a row.';

-- file: sql/functions/internal/mark_truncated_views_trigger.sql
-- purpose:    Remember that what views are made of was truncated: the arguments of the trigger are
--             their names.
-- security:   definer: who truncates has no right to mark.
-- complexity: O(1), one insert a statement.
-- callers:    triggers t70_mark_dirty_truncated

create or replace function internal.mark_truncated_views_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    insert into internal.view_marks (view_name)
    select names.view_name
    from unnest(tg_argv) as names (view_name)
    on conflict do nothing;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.mark_truncated_views_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.mark_truncated_views_trigger()
from public, anon, authenticated, service_role;

comment on function internal.mark_truncated_views_trigger() is
'Marks the views that its arguments name.';

-- file: sql/triggers/public/backtest_results.t70_mark_dirty_inserted.sql
-- purpose:    The ranking is refreshed after results were inserted.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.backtest_results.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_inserted
after insert on public.backtest_results
referencing new table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');

-- file: sql/triggers/public/backtest_results.t70_mark_dirty_updated.sql
-- purpose:    The ranking is refreshed after results were updated.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_updated
after update on public.backtest_results
referencing new table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');

-- file: sql/triggers/public/backtest_results.t70_mark_dirty_deleted.sql
-- purpose:    The ranking is refreshed after results were deleted.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_results, cascades from strategies included.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_deleted
after delete on public.backtest_results
referencing old table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');

-- file: sql/triggers/public/backtest_results.t70_mark_dirty_truncated.sql
-- purpose:    The ranking is refreshed after results were truncated.
-- security:   runs as hephaitos_internal, which owns internal.mark_truncated_views_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_results, also by cascade.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_truncated
after truncate on public.backtest_results
for each statement
execute function internal.mark_truncated_views_trigger('strategy_performance_agg');

-- file: sql/triggers/public/strategies.t70_mark_dirty_updated.sql
-- purpose:    The ranking is refreshed after a strategy was made public, private or archived.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies. One that is new or goes has its results for that.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_updated
after update on public.strategies
referencing new table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');
