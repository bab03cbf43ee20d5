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
