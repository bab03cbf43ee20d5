-- purpose:    The next changes for a consumer, at least once each.
-- security:   invoker; the caller needs select on audit.changes.
-- complexity: O(limit) rows from one index of each month there is.
-- callers:    consumers, in a loop: read, apply, internal.confirm_changes() with the last row.
-- order:      by transaction, then seq, which is not the order of commits. Within a record_key the
--             highest seq is the newest: a consumer keeps that, whatever comes after it.
-- raises:     as internal.get_feed_consumer().

create or replace function internal.read_changes(p_consumer text, p_limit integer default 1000)
returns setof audit.changes
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
    v_consumer constant internal.feed_consumers := internal.get_feed_consumer(p_consumer);
begin
    return query
    select changes.*
    from audit.changes
    where (changes.xact_id, changes.seq) > (v_consumer.xact_id, v_consumer.seq)
        and changes.seq > v_epoch.floor_seq
        -- The horizon: every transaction before it is over, so none can add a change there.
        and changes.xact_id < pg_snapshot_xmin(pg_current_snapshot())
    order by changes.xact_id, changes.seq
    limit p_limit;
end;
$$;

revoke all on function internal.read_changes(text, integer)
from public, anon, authenticated, service_role;
grant execute on function internal.read_changes(text, integer) to hephaitos_internal;

comment on function internal.read_changes(text, integer) is
'Changes after those that a consumer has confirmed, up to the horizon; the same until confirmed.';
