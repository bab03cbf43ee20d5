-- purpose:    Say that messages were delivered. Also true of one that was lost to another worker
--             or given up meanwhile: delivered is delivered. The answer is how many were not known
--             to be.
-- security:   definer, since workers may not touch the table.
-- complexity: one statement, O(log m) each with m messages in the queue.
-- callers:    members of hephaitos_worker.
-- order:      by id, as its siblings: none of them can deadlock with another.

create or replace function internal.complete_messages(
    p_queue text, p_ids bigint[], p_now timestamptz default clock_timestamp()
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_completed bigint;
begin
    with delivered as materialized (
        select messages.id
        from internal.messages
        where
            messages.queue = p_queue
            and messages.id = any(p_ids)
            and messages.state <> 'done'
        order by messages.id
        for update
    )
    update internal.messages
    set state = 'done', claimed_by = null, finished_at = p_now
    from delivered
    where messages.queue = p_queue and messages.id = delivered.id;
    get diagnostics v_completed = row_count;
    return v_completed;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.complete_messages(text, bigint[], timestamptz)
owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.complete_messages(text, bigint[], timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;
grant execute on function internal.complete_messages(text, bigint[], timestamptz)
to hephaitos_worker;

comment on function internal.complete_messages(text, bigint[], timestamptz) is
'Marks messages as delivered; answers how many were not yet.';
