-- purpose:    Give claimed messages back untouched: due at once, and the claim does not count as an
--             attempt. p_claims is an array of objects: id and attempt as they were claimed. The
--             answer is how many were still held.
-- security:   definer, since workers may not touch the table.
-- complexity: one statement, O(log m) each with m messages in the queue.
-- callers:    members of hephaitos_worker, when they are told to stop.
-- order:      by id, as its siblings. A claim that was lost meanwhile gives nothing back.

create or replace function internal.release_messages(
    p_queue text, p_claims jsonb, p_now timestamptz default clock_timestamp()
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_released bigint;
begin
    with held as materialized (
        select messages.id
        from internal.messages
        inner join
            jsonb_to_recordset(p_claims) as claim (id bigint, attempt integer)
            on claim.id = messages.id and claim.attempt = messages.attempts
        where messages.queue = p_queue and messages.claimed_by is not null
        order by messages.id
        for update of messages
    )
    update internal.messages
    set attempts = messages.attempts - 1, ready_at = p_now, claimed_by = null
    from held
    where messages.queue = p_queue and messages.id = held.id;
    get diagnostics v_released = row_count;
    return v_released;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.release_messages(text, jsonb, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.release_messages(text, jsonb, timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;
grant execute on function internal.release_messages(text, jsonb, timestamptz)
to hephaitos_worker;

comment on function internal.release_messages(text, jsonb, timestamptz) is
'Gives claimed messages back untouched.';
