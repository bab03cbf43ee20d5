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
