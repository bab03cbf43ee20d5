-- purpose:    Begin the feed anew, after a restore has turned the numbers of transactions back.
-- security:   invoker: who owns the record.
-- complexity: waits for writers to finish and holds them until it commits; brief.
-- callers:    people, after a restore; the revision that made the feed. Then every consumer joins
--             again and loads its state anew.
-- raises:     55P03 when a lock is not to be had within five seconds.

create or replace function internal.begin_feed_epoch()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
set lock_timeout = '5s'
as $$
declare
    v_epoch integer;
begin
    -- Nobody writes, so that every number given out so far is of a change that is there to see.
    lock table audit.changes in share mode;
    insert into internal.feed_epochs (epoch, cluster, floor_seq)
    select
        coalesce(max(feed_epochs.epoch), 0) + 1,
        internal.identify_cluster(),
        coalesce(pg_sequence_last_value('audit.changes_seq_seq'), 0)
    from internal.feed_epochs
    returning feed_epochs.epoch into v_epoch;
    return v_epoch;
end;
$$;

revoke all on function internal.begin_feed_epoch()
from public, anon, authenticated, service_role;

comment on function internal.begin_feed_epoch() is
'Starts the feed over from here on; consumers of earlier epochs are refused until they join again.';
