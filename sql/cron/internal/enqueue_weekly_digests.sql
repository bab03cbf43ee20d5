-- purpose:    Every user has one digest a week: at 09:00 on Monday, and hourly until noon for those
--             whose Sunday is not over by then.
-- security:   runs as the role that applies migrations.
-- complexity: four runs a week; internal.enqueue_weekly_digests() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: a user and a week are one row.

select cron.schedule(
    job_name => 'internal.enqueue_weekly_digests',
    schedule => '0 9-12 * * 1',
    command => 'call internal.enqueue_weekly_digests()'
);
