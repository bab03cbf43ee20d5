-- purpose:    Views that were written to are refreshed within minutes.
-- security:   runs as the role that applies migrations.
-- complexity: 1,440 runs a day; index probes when no view is due.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: who finds a view in somebody else's hands leaves it to them.

select cron.schedule(
    job_name => 'internal.refresh_dirty_views',
    schedule => '* * * * *',
    command => 'call internal.refresh_dirty_views()'
);
