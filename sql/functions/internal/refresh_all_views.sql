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
