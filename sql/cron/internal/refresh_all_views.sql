-- purpose:    Every view is refreshed once a day, also from what a switched off trigger has missed.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.refresh_view() states the cost of one view.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: who finds a view in somebody else's hands leaves it to them.

select cron.schedule(
    job_name => 'internal.refresh_all_views',
    schedule => '0 2 * * *',
    command => 'call internal.refresh_all_views()'
);
