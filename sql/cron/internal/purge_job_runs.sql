-- purpose:    The record of runs keeps 30 days.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.purge_job_runs() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe.

select cron.schedule(
    job_name => 'internal.purge_job_runs',
    schedule => '30 1 * * *',
    command => 'call internal.purge_job_runs()'
);
