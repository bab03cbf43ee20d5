set local lock_timeout = '2s';

drop function internal.detach_audit_partitions(interval, timestamptz);
drop function internal.describe_feed();
drop function internal.confirm_changes(text, xid8, bigint);
drop function internal.read_changes(text, integer);
drop function internal.leave_feed(text);
drop function internal.join_feed(text, boolean);
drop function internal.get_feed_consumer(text);
drop function internal.begin_feed_epoch();
drop function internal.get_feed_epoch();
drop function internal.identify_cluster();
drop table internal.feed_consumers;
drop table internal.feed_epochs;
