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
