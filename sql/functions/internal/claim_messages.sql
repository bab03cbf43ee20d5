-- purpose:    Take up to p_limit messages that are due, longest due first, for p_visible_for: until
--             then nobody else gets them. Whoever has not answered by then (complete_messages,
--             fail_messages, release_messages) has lost them, and they are due again. One that was
--             lost as often as its queue allows is dead instead, so that no message kills workers
--             for ever.
-- security:   definer, since workers may not touch the table.
-- complexity: O(p_limit) by the index of what is due, whatever there is besides.
-- callers:    members of hephaitos_worker.
-- order:      no claim waits for another: rows that one is taking are not there for the next.

create or replace function internal.claim_messages(
    p_queue text,
    p_limit integer default 10,
    p_visible_for interval default '30 seconds',
    p_worker text default current_setting('application_name'),
    p_now timestamptz default clock_timestamp()
)
returns table (
    message_id bigint,
    attempt integer,
    dedup_key text,
    user_id uuid,
    kind text,
    payload jsonb,
    created_at timestamptz
)
language plpgsql
volatile
security definer
rows 10
set search_path = ''
as $$
begin
    return query
    with due as materialized (
        select
            messages.id,
            messages.attempts >= queues.max_attempts as is_lost
        from internal.messages
        inner join internal.queues
            on queues.queue = messages.queue
        where
            messages.queue = p_queue
            and messages.state = 'pending'
            and messages.ready_at <= p_now
        order by messages.ready_at, messages.id
        limit p_limit
        for update of messages skip locked
    ),
    taken as (
        update internal.messages
        set
            state = case when due.is_lost then 'dead' else 'pending' end,
            attempts = messages.attempts + case when due.is_lost then 0 else 1 end,
            ready_at = p_now + p_visible_for,
            claimed_by = case when not due.is_lost then coalesce(p_worker, '') end,
            last_error = case
                when due.is_lost
                    then format('claimed %s times and never answered for', messages.attempts)
                else messages.last_error
            end,
            finished_at = case when due.is_lost then p_now end
        from due
        where messages.queue = p_queue and messages.id = due.id
        returning messages.*
    )
    select
        taken.id,
        taken.attempts,
        taken.dedup_key,
        taken.user_id,
        taken.kind,
        taken.payload,
        taken.created_at
    from taken
    where taken.state = 'pending'
    order by taken.id;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.claim_messages(text, integer, interval, text, timestamptz)
owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.claim_messages(text, integer, interval, text, timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;
grant execute on function internal.claim_messages(text, integer, interval, text, timestamptz)
to hephaitos_worker;

comment on function internal.claim_messages(text, integer, interval, text, timestamptz) is
'Takes messages that are due for a while; what is not answered for by then is due again.';
