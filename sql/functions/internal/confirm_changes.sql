-- purpose:    Remember that a consumer is done with everything up to a change.
-- security:   invoker; the caller needs update on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers, when what internal.read_changes() returned has been applied: with xact_id
--             and seq of the last of it. Going back is ignored: somebody slower confirmed less.
-- raises:     as internal.get_feed_consumer().

create or replace function internal.confirm_changes(
    p_consumer text, p_xact_id xid8, p_seq bigint
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform internal.get_feed_consumer(p_consumer);
    update internal.feed_consumers
    set
        xact_id = p_xact_id,
        seq = p_seq,
        confirmed_at = now()
    where feed_consumers.consumer = p_consumer
        and (feed_consumers.xact_id, feed_consumers.seq) < (p_xact_id, p_seq);
end;
$$;

revoke all on function internal.confirm_changes(text, xid8, bigint)
from public, anon, authenticated, service_role;
grant execute on function internal.confirm_changes(text, xid8, bigint) to hephaitos_internal;

comment on function internal.confirm_changes(text, xid8, bigint) is
'Moves a consumer forward to a change that it has applied.';
