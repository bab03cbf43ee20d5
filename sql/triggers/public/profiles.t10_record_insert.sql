-- purpose:    audit.changes has every inserted row of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.profiles, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.profiles
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{id}', 'id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_insert;
