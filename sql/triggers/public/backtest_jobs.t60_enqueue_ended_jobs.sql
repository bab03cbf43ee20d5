-- purpose:    Whoever asked for a backtest is told when it was completed or failed.
-- security:   runs as hephaitos_internal, which owns internal.enqueue_ended_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs. Rows that are inserted as ended are history.
-- order:      rank 60, after cascades (50).

create or replace trigger t60_enqueue_ended_jobs
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.enqueue_ended_jobs_trigger();
