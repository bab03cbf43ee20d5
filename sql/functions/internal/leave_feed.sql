-- purpose:    Stop reading the feed of changes, so that nothing is kept for this consumer.
-- security:   invoker; the caller needs delete on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers that are retired, and people for those that are gone.

create or replace function internal.leave_feed(p_consumer text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    delete from internal.feed_consumers
    where feed_consumers.consumer = p_consumer;
end;
$$;

revoke all on function internal.leave_feed(text)
from public, anon, authenticated, service_role;
grant execute on function internal.leave_feed(text) to hephaitos_internal;

comment on function internal.leave_feed(text) is 'Forgets a consumer; harmless when it is unknown.';
