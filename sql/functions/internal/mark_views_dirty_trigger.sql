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
