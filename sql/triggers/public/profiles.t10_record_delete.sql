-- purpose:    audit.changes has every deleted row of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.profiles, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.profiles
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{id}', 'id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_delete;
