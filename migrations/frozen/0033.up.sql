set local lock_timeout = '2s';

-- changes: 4 cron jobs made
-- locks:   row exclusive on cron.job and cron.jobid_seq
-- loses:   nothing

-- file: sql/cron/internal/detach_audit_partitions.sql
-- purpose:    Months of the record that were kept for long enough are taken out of it.
-- security:   runs as the role that applies migrations.
-- complexity: one run a month; internal.detach_audit_partitions() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: the second finds nothing left to do.

select cron.schedule(
    job_name => 'internal.detach_audit_partitions',
    schedule => '20 1 1 * *',
    command => 'select internal.detach_audit_partitions()'
);

-- file: sql/cron/internal/make_audit_partitions.sql
-- purpose:    The record of changes has its months ready before anything is written to them.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.make_audit_partitions() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: the second finds nothing left to do.

select cron.schedule(
    job_name => 'internal.make_audit_partitions',
    schedule => '10 1 * * *',
    command => 'select internal.make_audit_partitions()'
);

-- file: sql/cron/internal/refresh_all_views.sql
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

-- file: sql/cron/internal/refresh_dirty_views.sql
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
