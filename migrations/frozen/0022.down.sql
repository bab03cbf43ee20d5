set local lock_timeout = '2s';

-- changes: 1 table dropped, 2 functions dropped, 1 procedure dropped, 3 cron jobs dropped
-- locks:   row exclusive on cron.job
-- loses:   all rows of internal.job_watermarks

-- change:
select cron.unschedule('internal.purge_messages');
select cron.unschedule('internal.purge_job_runs');
select cron.unschedule('internal.beat');
drop procedure internal.purge_job_runs(timestamptz, bigint);
drop function internal.beat(timestamptz);
drop function internal.note_done(text, timestamptz);
drop table internal.job_watermarks;
