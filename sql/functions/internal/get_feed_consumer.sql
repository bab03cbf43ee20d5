-- purpose:    Where a consumer of the feed stands.
-- security:   invoker; the caller needs select on internal.feed_consumers.
-- complexity: two index probes.
-- callers:    internal.read_changes() and internal.confirm_changes().
-- raises:     22023 for a consumer that never joined; 55000 for one of an earlier epoch.

create or replace function internal.get_feed_consumer(p_consumer text)
returns internal.feed_consumers
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
    v_consumer internal.feed_consumers;
begin
    select
        feed_consumers.consumer, feed_consumers.epoch, feed_consumers.xact_id, feed_consumers.seq,
        feed_consumers.joined_at, feed_consumers.confirmed_at
    into v_consumer
    from internal.feed_consumers
    where feed_consumers.consumer = p_consumer;
    if v_consumer.consumer is null then
        raise exception 'nobody reads the feed of changes by this name'
            using errcode = 'invalid_parameter_value',
                  detail = format('The name is %s.', coalesce(quote_literal(p_consumer), 'null')),
                  hint = 'Run select internal.join_feed(name) once.';
    end if;
    if v_consumer.epoch <> v_epoch.epoch then
        raise exception 'the feed of changes has begun anew'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format(
                      '%L reads epoch %s; epoch %s began at %s.', p_consumer, v_consumer.epoch,
                      v_epoch.epoch, v_epoch.began_at
                  ),
                  hint = 'Run select internal.join_feed(name), then load the state anew.';
    end if;
    return v_consumer;
end;
$$;

revoke all on function internal.get_feed_consumer(text)
from public, anon, authenticated, service_role;
grant execute on function internal.get_feed_consumer(text) to hephaitos_internal;

comment on function internal.get_feed_consumer(text) is
'Where a consumer stands; refuses one that never joined, or whose epoch is over.';
