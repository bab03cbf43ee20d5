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
