-- purpose:    A job goes from one status to another as internal.status_transitions says.
-- security:   runs as hephaitos_internal, which owns internal.check_status_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs.
-- order:      rank 10, after the record of its name, before cascades (50).

create or replace trigger t10_validate_status
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.check_status_trigger();
