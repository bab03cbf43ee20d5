-- purpose:    How each queue does: ready (due now), delayed (due later), claimed (with a worker),
--             dead, done (kept for their dedup keys), the age of the longest due, and how many were
--             done in the last five minutes. The age is the figure to alarm on: it grows when
--             workers are too few, too slow or gone.
-- security:   definer, since nobody else may read the table; counts only, nothing of a message.
-- complexity: O(m) for m messages in all queues: one scan.
-- callers:    members of hephaitos_worker; monitoring.

create or replace function internal.get_queue_metrics(
    p_now timestamptz default clock_timestamp()
)
returns table (
    queue text,
    ready_count bigint,
    delayed_count bigint,
    claimed_count bigint,
    dead_count bigint,
    done_count bigint,
    done_lately_count bigint,
    oldest_ready_age interval
)
language plpgsql
stable
security definer
rows 10
set search_path = ''
as $$
begin
    return query
    with counted as (
        select
            messages.queue,
            count(*) filter (where messages.state = 'dead') as dead,
            count(*) filter (where messages.state = 'done') as done,
            count(*) filter (
                where messages.state = 'done' and messages.finished_at > p_now - interval '5 minutes'
            ) as done_lately,
            count(*) filter (
                where messages.state = 'pending' and messages.ready_at <= p_now
            ) as ready,
            count(*) filter (
                where
                messages.state = 'pending'
                and messages.ready_at > p_now
                and messages.claimed_by is null
            ) as delayed,
            count(*) filter (
                where
                messages.state = 'pending'
                and messages.ready_at > p_now
                and messages.claimed_by is not null
            ) as claimed,
            min(messages.ready_at) filter (
                where messages.state = 'pending' and messages.ready_at <= p_now
            ) as ready_since
        from internal.messages
        group by messages.queue
    )
    select
        queues.queue,
        coalesce(counted.ready, 0),
        coalesce(counted.delayed, 0),
        coalesce(counted.claimed, 0),
        coalesce(counted.dead, 0),
        coalesce(counted.done, 0),
        coalesce(counted.done_lately, 0),
        p_now - counted.ready_since
    from internal.queues
    left join counted
        on counted.queue = queues.queue
    order by queues.queue;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.get_queue_metrics(timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_queue_metrics(timestamptz)
from public, anon, authenticated, service_role, hephaitos_worker;
grant execute on function internal.get_queue_metrics(timestamptz) to hephaitos_worker;

comment on function internal.get_queue_metrics(timestamptz) is
'How each queue does: counts by state, and the age of the longest due.';
