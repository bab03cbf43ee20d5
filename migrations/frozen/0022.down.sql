set local lock_timeout = '2s';

select cron.unschedule('internal.purge_messages');
select cron.unschedule('internal.purge_job_runs');
select cron.unschedule('internal.beat');
drop procedure internal.purge_job_runs(timestamptz, bigint);
drop function internal.beat(timestamptz);
drop function internal.note_done(text, timestamptz);
drop table internal.job_watermarks;
