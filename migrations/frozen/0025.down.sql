set local lock_timeout = '2s';

select cron.unschedule('internal.enqueue_weekly_digests');
drop procedure internal.enqueue_weekly_digests(timestamptz, bigint);
drop procedure internal.enqueue_digests_of_week(date, timestamptz, bigint);
drop function internal.describe_week(uuid, timestamptz, timestamptz);
drop table internal.weekly_digests;
