-- purpose:    Say that messages could not be delivered. p_failures is an array of objects: id and
--             attempt as they were claimed, reason, and is_final when no further attempt can help.
--             They are due again after internal.get_retry_delay(), or dead: final ones, and those
--             that were tried as often as their queue allows. The answer is how many are dead.
-- security:   definer, since workers may not touch the table.
-- complexity: one statement, O(log m) each with m messages in the queue.
-- callers:    members of hephaitos_worker.
-- order:      by id, as its siblings. A claim that was lost meanwhile says nothing any more.

create or replace function internal.fail_messages(
    p_queue text, p_failures jsonb, p_now timestamptz default clock_timestamp()
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_dead bigint;
begin
    with failed as materialized (
        select
            messages.id,
            coalesce(failure.is_final, false) or messages.attempts >= queues.max_attempts
            as is_dead,
            left(coalesce(failure.reason, 'no reason given'), 2000) as reason,
            internal.get_retry_delay(
                messages.attempts, queues.first_retry_after, queues.longest_retry_after
            ) as delay
        from internal.messages
        inner join
            jsonb_to_recordset(p_failures)
            as failure (id bigint, attempt integer, reason pg_catalog.text, is_final boolean)
            on failure.id = messages.id and failure.attempt = messages.attempts
        inner join internal.queues
            on queues.queue = messages.queue
        where messages.queue = p_queue and messages.claimed_by is not null
        order by messages.id
        for update of messages
    ),
    answered as (
        update internal.messages
        set
            state = case when failed.is_dead then 'dead' else 'pending' end,
            ready_at = p_now + failed.delay,
            claimed_by = null,
            last_error = failed.reason,
            finished_at = case when failed.is_dead then p_now end
        from failed
        where messages.queue = p_queue and messages.id = failed.id
        returning messages.state
    )
    select count(*) filter (where answered.state = 'dead') into v_dead from answered;
    return v_dead;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.fail_messages(text, jsonb, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.fail_messages(text, jsonb, timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;
grant execute on function internal.fail_messages(text, jsonb, timestamptz) to hephaitos_worker;

comment on function internal.fail_messages(text, jsonb, timestamptz) is
'Puts messages off with back-off and jitter, or gives them up with the reason.';
