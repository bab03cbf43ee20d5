-- purpose:    Put messages into a queue, once per dedup key. p_messages is an array of objects:
--             kind, and as far as wanted dedup_key (else every message is a new one), user_id,
--             payload (an object), ready_at (not before then; now by default).
--             The answer is how many were new.
-- security:   definer, since only its owner may write messages.
-- complexity: one statement for all of them, O(log m) each with m messages in the queue.
-- callers:    hephaitos_internal, in triggers and scheduled routines; whoever operates the queue.
-- order:      by dedup key: callers with the same keys wait for each other and cannot deadlock.
-- raises:     23514 for a queue without a partition, and for a message that the table refuses.

create or replace function internal.enqueue_messages(p_queue text, p_messages jsonb)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_new bigint;
begin
    insert into internal.messages (queue, dedup_key, user_id, kind, payload, ready_at)
    select
        p_queue,
        coalesce(message.dedup_key, gen_random_uuid()::pg_catalog.text),
        message.user_id,
        message.kind,
        coalesce(message.payload, '{}'),
        coalesce(message.ready_at, now())
    from
        jsonb_to_recordset(p_messages)
        as message (
            dedup_key pg_catalog.text,
            user_id pg_catalog.uuid,
            kind pg_catalog.text,
            payload pg_catalog.jsonb,
            ready_at pg_catalog.timestamptz
        )
    order by message.dedup_key
    on conflict do nothing;
    get diagnostics v_new = row_count;
    return v_new;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.enqueue_messages(text, jsonb) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.enqueue_messages(text, jsonb)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.enqueue_messages(text, jsonb) is
'Puts messages into a queue, once per dedup key; answers how many were new.';
