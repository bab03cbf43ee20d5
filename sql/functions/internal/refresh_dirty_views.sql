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
