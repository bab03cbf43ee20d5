-- purpose:    Strategies that run without anybody caring are paused, every day.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.pause_inactive_strategies() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: a paused strategy is no candidate any more.

select cron.schedule(
    job_name => 'internal.pause_inactive_strategies',
    schedule => '0 4 * * *',
    command => 'call internal.pause_inactive_strategies()'
);
