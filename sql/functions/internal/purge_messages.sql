-- purpose:    Forget finished messages whose dedup keys have counted long enough (keep_done_for of
--             their queue). Dead ones stay until somebody decides. The answer is how many went;
--             less than p_limit means that none is left.
-- security:   definer, since nobody else may touch the table.
-- complexity: O(p_limit) by the index of finished ones, so that no run is a long one.
-- callers:    scheduled house-keeping; safe twice and beside itself and workers.

create or replace function internal.purge_messages(
    p_limit integer default 10000, p_now timestamptz default now()
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_purged bigint;
begin
    with old as materialized (
        select messages.queue, messages.id
        from internal.queues
        inner join internal.messages
            on messages.queue = queues.queue
        where
            messages.state = 'done'
            and messages.finished_at < p_now - queues.keep_done_for
        order by messages.finished_at
        limit p_limit
        for update of messages skip locked
    )
    delete from internal.messages
    using old
    where messages.queue = old.queue and messages.id = old.id;
    get diagnostics v_purged = row_count;
    return v_purged;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.purge_messages(integer, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.purge_messages(integer, timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;

comment on function internal.purge_messages(integer, timestamptz) is
'Forgets finished messages that were kept long enough; answers how many.';
