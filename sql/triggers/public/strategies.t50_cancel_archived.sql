-- purpose:    The queued jobs of a strategy that is archived are cancelled.
-- security:   runs as hephaitos_internal, which owns internal.cancel_archived_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies.
-- order:      rank 50, after the record and the check (10).

create or replace trigger t50_cancel_archived
after update on public.strategies
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.cancel_archived_jobs_trigger();
