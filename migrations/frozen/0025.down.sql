set local lock_timeout = '2s';

-- changes: 1 table dropped, 1 function dropped, 2 procedures dropped, 1 cron job dropped
-- locks:   access exclusive on public.profiles, row exclusive on cron.job
-- loses:   all rows of internal.weekly_digests

-- change:
select cron.unschedule('internal.enqueue_weekly_digests');
drop procedure internal.enqueue_weekly_digests(timestamptz, bigint);
drop procedure internal.enqueue_digests_of_week(date, timestamptz, bigint);
drop function internal.describe_week(uuid, timestamptz, timestamptz);
drop table internal.weekly_digests;
