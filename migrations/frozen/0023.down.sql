set local lock_timeout = '2s';

-- changes: 1 table dropped, 2 constraints dropped, 5 indexes dropped, 1 index made, 1 function
--          dropped, 4 procedures dropped, 1 cron job dropped
-- locks:   access exclusive on internal.messages and public.exports, row exclusive on cron.job and
--          internal.queues
-- loses:   nothing

-- change:
select cron.unschedule('internal.clean_up_exports');
drop procedure internal.clean_up_exports(timestamptz, bigint, bigint, bigint, bigint);
drop procedure internal.enqueue_orphaned_files(timestamptz, bigint);
drop procedure internal.settle_expired_exports(timestamptz, bigint, bigint);
drop procedure internal.expire_exports(timestamptz, bigint);
drop function internal.describe_removal(text, uuid, text);
create index exports_expires_at_idx
on public.exports (expires_at) where status in ('completed', 'expired');
drop index public.exports_user_id_id_idx;
drop index public.exports_expires_at_user_id_id_idx;
delete from internal.queues
where queue = 'storage_deletions';
drop table internal.storage_deletions;
