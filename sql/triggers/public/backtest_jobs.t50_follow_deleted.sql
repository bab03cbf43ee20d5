-- purpose:    A strategy is back where it was when its running job is deleted.
-- security:   runs as hephaitos_internal, which owns internal.follow_deleted_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_jobs, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_follow_deleted
after delete on public.backtest_jobs
referencing old table as old_rows
for each statement
execute function internal.follow_deleted_jobs_trigger();
