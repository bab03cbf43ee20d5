-- purpose:    A strategy is in backtesting while a job of it runs, and back afterwards.
-- security:   runs as hephaitos_internal, which owns internal.follow_updated_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs.
-- order:      rank 50, after the record and the check (10).

create or replace trigger t50_follow_updated
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.follow_updated_jobs_trigger();
