-- purpose:    audit.changes has every inserted row of public.exports.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.exports, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.exports
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.exports enable always trigger t10_record_insert;
