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
