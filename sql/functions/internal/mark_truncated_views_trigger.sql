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
