-- purpose:    audit.changes has every changed row of public.backtest_results.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.backtest_results
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_results enable always trigger t10_record_update;
