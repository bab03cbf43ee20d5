-- purpose:    Exports past their time go, and their files with them, every day.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.clean_up_exports() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: rows that another run holds are left to it.

select cron.schedule(
    job_name => 'internal.clean_up_exports',
    schedule => '0 3 * * *',
    command => 'call internal.clean_up_exports()'
);
