-- purpose:    A sign every minute that jobs are run at all.
-- security:   runs as the role that applies migrations.
-- complexity: 1,440 runs a day of one row.
-- callers:    pg_cron; hours are GMT.
-- overlap:    none that matters: the sign never moves back.

select cron.schedule(
    job_name => 'internal.beat',
    schedule => '* * * * *',
    command => 'select internal.beat()'
);
