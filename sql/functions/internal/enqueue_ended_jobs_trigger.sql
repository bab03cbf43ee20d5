-- purpose:    A job that was completed or failed is a message to its user, written with it: there
--             is none without the other.
-- security:   definer: writers of jobs may not write messages. Reads only the rows at hand.
-- complexity: O(n) for n updated rows, one statement.
-- callers:    trigger t60_enqueue_ended_jobs on public.backtest_jobs.
-- order:      by id, so that two statements cannot deadlock on the keys of messages.

create or replace function internal.enqueue_ended_jobs_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    -- Not into nothing: an insert of no rows would wake the workers all the same.
    if not exists (
        select
        from new_rows
        inner join old_rows
            on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
        where
            new_rows.status in ('completed', 'failed')
            and old_rows.status <> new_rows.status
    ) then
        return null;
    end if;

    insert into internal.messages (queue, dedup_key, user_id, kind, payload)
    select
        'notifications',
        'job_' || new_rows.status || ':' || new_rows.id,
        new_rows.user_id,
        'job_' || new_rows.status,
        jsonb_build_object(
            'job_id', new_rows.id,
            'strategy_id', new_rows.strategy_id,
            'finished_at', new_rows.finished_at
        )
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where
        new_rows.status in ('completed', 'failed')
        and old_rows.status <> new_rows.status
    order by new_rows.id
    on conflict do nothing;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.enqueue_ended_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.enqueue_ended_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.enqueue_ended_jobs_trigger() is
'Puts a message into the queue of notifications for each job that was completed or failed.';
