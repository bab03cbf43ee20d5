set local lock_timeout = '2s';

-- changes: 1 function dropped, 1 function made, 1 procedure changed, 1 procedure dropped, 1
--          procedure made
-- locks:   none
-- hazard:  procedure internal.refresh_views(text[], timestamp with time zone) may be named in the
--          body of procedure internal.refresh_all_views(timestamp with time zone), procedure
--          internal.refresh_dirty_views(timestamp with time zone)
-- hazard:  function internal.refresh_view(text, timestamp with time zone) may be named in the body
--          of procedure internal.refresh_views(text[], timestamp with time zone, boolean)
-- loses:   nothing

-- plan:
-- Each takes one more argument, with a default: whoever names it in a body calls the new one.
-- squawk-ignore ban-drop-function
drop procedure internal.refresh_views(text[], timestamp with time zone);
-- squawk-ignore ban-drop-function
drop function internal.refresh_view(text, timestamp with time zone);

-- file: sql/functions/internal/refresh_view.sql
-- purpose:    Refresh one materialized view of this schema, and take away the marks of those
--             transactions that it then holds: the marks that could be seen before the refresh
--             began. Who commits later keeps the mark, and the view stays dirty. The answer is what
--             became of it: refreshed; busy, when somebody else is at it; fresh, if p_only_when_due
--             and it is not due any more, since somebody else was; failed, with the error in
--             internal.view_refreshes and the marks left as they were.
-- security:   definer: its owner owns the views. The name is looked up before it is used.
-- complexity: what the view's query costs, once; readers of the view are not held up.
-- callers:    internal.refresh_views().
-- raises:     0A000 under another isolation level than read committed: the refresh would not see
--             what was committed while it waited; 22023 for a view that internal.views has not.

create or replace function internal.refresh_view(
    p_view_name text, p_now timestamptz default now(), p_only_when_due boolean default false
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
    -- Only who holds the lock knows: until then somebody else may have refreshed it.
    if
        p_only_when_due
        and not exists (
            select
            from internal.get_view_states(p_now) as states
            where states.view_name = p_view_name and states.due_reason is not null
        )
    then
        return 'fresh';
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
alter function internal.refresh_view(text, timestamptz, boolean) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.refresh_view(text, timestamptz, boolean)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.refresh_view(text, timestamptz, boolean) is
'Refreshes one materialized view and takes away the marks of what it then holds.';

-- file: sql/functions/internal/refresh_views.sql
-- purpose:    Refresh views one after the other, each in a transaction of its own, so that none
--             holds up another or takes it down. Safe twice and beside itself: who finds a view in
--             somebody else's hands leaves it to them, and who finds it in nobody's any more
--             looks again whether it is due, if that is what matters.
-- security:   invoker, since one that runs as its owner may not commit; closed to the API.
-- complexity: what the views cost; internal.refresh_view() tells.
-- callers:    internal.refresh_dirty_views(), internal.refresh_all_views().
-- raises:     PV001 after the last one, when one or more have failed.

create or replace procedure internal.refresh_views(
    p_view_names text[], p_now timestamptz, p_only_when_due boolean default false
)
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
        if internal.refresh_view(v_view_name, p_now, p_only_when_due) = 'failed' then
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

revoke all on procedure internal.refresh_views(text[], timestamptz, boolean)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on procedure internal.refresh_views (text [], timestamptz, boolean) is
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
    call internal.refresh_views(coalesce(v_view_names, '{}'), p_now, true);
end;
$$;

revoke all on procedure internal.refresh_dirty_views(timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on procedure internal.refresh_dirty_views (timestamptz) is
'Refreshes the views that are due.';
