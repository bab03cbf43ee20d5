-- purpose:    Try dead messages again, from the first attempt: what made them fail was mended. All
--             of the queue when p_ids is null. The answer is how many.
-- security:   definer, since nobody else may touch the table; workers may not decide this.
-- complexity: O(d) by the index of dead ones.
-- callers:    whoever operates the queue.

create or replace function internal.revive_messages(
    p_queue text, p_ids bigint[] default null, p_now timestamptz default clock_timestamp()
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_revived bigint;
begin
    with dead as materialized (
        select messages.id
        from internal.messages
        where
            messages.queue = p_queue
            and messages.state = 'dead'
            and (p_ids is null or messages.id = any(p_ids))
        order by messages.id
        for update
    )
    update internal.messages
    set state = 'pending', attempts = 0, ready_at = p_now, finished_at = null
    from dead
    where messages.queue = p_queue and messages.id = dead.id;
    get diagnostics v_revived = row_count;
    return v_revived;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.revive_messages(text, bigint[], timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.revive_messages(text, bigint[], timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.revive_messages(text, bigint[], timestamptz) is
'Tries dead messages again, from the first attempt.';
