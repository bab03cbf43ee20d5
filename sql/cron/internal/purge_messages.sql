-- purpose:    Finished messages are forgotten when their keys have counted long enough.
-- security:   runs as the role that applies migrations.
-- complexity: 24 runs a day, 10,000 messages each at most.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: messages that another run holds are left to it.

select cron.schedule(
    job_name => 'internal.purge_messages',
    schedule => '15 * * * *',
    command => 'select internal.purge_messages()'
);
