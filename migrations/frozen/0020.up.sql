set local lock_timeout = '2s';

-- changes: 1 schema changed, 2 tables made, 11 functions made, 1 trigger made
-- locks:   share row exclusive on public.backtest_jobs
-- loses:   nothing

-- change:
create sequence internal.messages_id_seq as bigint;

create table internal.messages (
    queue text not null,
    id bigint not null default nextval('internal.messages_id_seq'),
    dedup_key text not null,
    user_id uuid,
    kind text not null,
    payload jsonb not null default '{}',
    state text not null default 'pending',
    attempts integer not null default 0,
    ready_at timestamptz not null default now(),
    claimed_by text,
    last_error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint messages_pkey primary key (queue, id),
    constraint messages_queue_dedup_key_key unique (queue, dedup_key),
    constraint messages_dedup_key_check check (char_length(dedup_key) between 1 and 200),
    constraint messages_kind_check check (kind ~ '^[a-z][a-z_]{0,49}$'),
    constraint messages_payload_check
    check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 16384),
    constraint messages_state_check check (state in ('pending', 'done', 'dead')),
    constraint messages_attempts_check check (attempts >= 0),
    constraint messages_claimed_by_check
    check (claimed_by is null or (state = 'pending' and attempts > 0)),
    constraint messages_last_error_check
    check ((state <> 'dead' or last_error is not null) and char_length(last_error) <= 2000),
    constraint messages_finished_at_check check ((finished_at is null) = (state = 'pending'))
)
partition by list (queue);

alter sequence internal.messages_id_seq owned by internal.messages.id;

-- What is due, longest due first. Claiming moves an entry, finishing removes it.
create index messages_ready_at_id_idx on internal.messages (ready_at, id)
where state = 'pending';
-- What has been kept long enough.
create index messages_finished_at_idx on internal.messages (finished_at) where state = 'done';
-- Dead letters are few, and looked at one by one.
create index messages_id_idx on internal.messages (id) where state = 'dead';

comment on table internal.messages is
'What is to be done outside the database, at least once: one partition a queue. A message is '
'written in the transaction that is its reason, and kept for a while when done, so that its dedup '
'key keeps counting.';
comment on constraint messages_pkey on internal.messages is
'global: queues belong to the house, and a message may outlive its user.';
comment on constraint messages_queue_dedup_key_key on internal.messages is
'global: a dedup key names what happened, by ids that no two tenants share.';
comment on column internal.messages.dedup_key is
'The same key in the same queue is the same message, however often it is enqueued; workers pass it '
'on, so that whoever receives a message twice can tell.';
comment on column internal.messages.user_id is
'Whom it is about; no foreign key, since it may outlive them.';
comment on column internal.messages.attempts is
'How often it was claimed. Who answers for a claim names the number: an older claim is void.';
comment on column internal.messages.ready_at is
'When it may be claimed. A claim moves it on: whoever does not answer by then has lost it.';
comment on column internal.messages.last_error is 'Why it failed last, or why it is dead.';

-- Two updates a message, none of them on the spot: vacuum soon, not after a fifth of the table.
create table internal.notification_queue
partition of internal.messages for values in ('notifications')
with (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0.05
);

comment on table internal.notification_queue is
'What users are to be told outside the application, by mail for instance.';

create table internal.queues (
    queue text not null,
    max_attempts integer not null default 8,
    first_retry_after interval not null default '5 seconds',
    longest_retry_after interval not null default '1 hour',
    keep_done_for interval not null default '14 days',
    constraint queues_pkey primary key (queue),
    constraint queues_max_attempts_check check (max_attempts between 1 and 100),
    constraint queues_first_retry_after_check check (first_retry_after > '0'),
    constraint queues_longest_retry_after_check
    check (longest_retry_after >= first_retry_after),
    constraint queues_keep_done_for_check check (keep_done_for >= '0')
);

comment on table internal.queues is 'How patient each queue is.';
comment on constraint queues_pkey on internal.queues is
'global: queues belong to the house, not to a tenant.';
comment on column internal.queues.max_attempts is
'A message that was claimed so often without success is dead.';
comment on column internal.queues.first_retry_after is
'After the first failure; doubled by each further one up to longest_retry_after, and up to half of '
'it taken off by chance, so that what failed together does not come back together.';
comment on column internal.queues.keep_done_for is
'How long the dedup key of a finished message counts.';

insert into internal.queues (queue) values ('notifications');

-- file: sql/access/internal.sql
-- purpose:    internal holds the functions behind triggers, jobs and guards, and their queues.
-- security:   no role of the API may enter. Workers may, and find nothing but the functions of
--             queues open to them.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own; members of
--             hephaitos_worker.

revoke all on schema internal from public, anon, authenticated, service_role;
grant usage on schema internal to hephaitos_api, hephaitos_internal, hephaitos_worker;

-- file: sql/access/internal/messages.sql
-- purpose:    Messages of all queues are written by the functions of queues and by nothing else.
-- security:   no role of the API has a right here, workers neither: those call functions. None on
--             the partitions: a statement addressed to one would go around the triggers.
-- complexity: policies without a condition: one role alone has rights, and sees every row.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.messages, internal.notification_queue
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, update, delete on internal.messages to hephaitos_internal;

revoke all on sequence internal.messages_id_seq
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant usage on sequence internal.messages_id_seq to hephaitos_internal;

alter table internal.messages enable row level security;
alter table internal.messages force row level security;
alter table internal.notification_queue enable row level security;
alter table internal.notification_queue force row level security;

drop policy if exists messages_select_internal on internal.messages;
create policy messages_select_internal on internal.messages
for select to hephaitos_internal
using (true);

drop policy if exists messages_insert_internal on internal.messages;
create policy messages_insert_internal on internal.messages
for insert to hephaitos_internal
with check (true);

drop policy if exists messages_update_internal on internal.messages;
create policy messages_update_internal on internal.messages
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists messages_delete_internal on internal.messages;
create policy messages_delete_internal on internal.messages
for delete to hephaitos_internal
using (true);

-- file: sql/access/internal/queues.sql
-- purpose:    How patient each queue is, set by revisions and by whoever operates it.
-- security:   no role of the API has a right here, workers neither.
-- complexity: a policy without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, inside the functions it owns.

revoke all on internal.queues
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.queues to hephaitos_internal;

alter table internal.queues enable row level security;
alter table internal.queues force row level security;

drop policy if exists queues_select_internal on internal.queues;
create policy queues_select_internal on internal.queues
for select to hephaitos_internal
using (true);

-- file: sql/functions/internal/wake_workers_trigger.sql
-- purpose:    Tell waiting workers that there is something to do, at the commit of who enqueued it.
-- security:   invoker; an empty word on a channel, nothing of the message.
-- complexity: O(1): Postgres sends equal words of one transaction once. A commit that sends holds a
--             lock of the whole server for its length, so it is one per statement, never per row.
-- callers:    trigger t90_wake_workers on internal.messages.

create or replace function internal.wake_workers_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform pg_notify('hephaitos_messages', '');
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.wake_workers_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.wake_workers_trigger()
from public, anon, authenticated, service_role;

comment on function internal.wake_workers_trigger() is
'Notifies channel hephaitos_messages, on which workers listen.';

-- file: sql/triggers/internal/messages.t90_wake_workers.sql
-- purpose:    A worker that waits learns of new messages at once, not when it looks next.
-- security:   internal.wake_workers_trigger() runs as whoever enqueues.
-- complexity: once per statement.
-- callers:    any insert on internal.messages; one that adds no row wakes in vain.
-- order:      rank 90, after all that may still fail.

create or replace trigger t90_wake_workers
after insert on internal.messages
for each statement
execute function internal.wake_workers_trigger();

-- file: sql/functions/internal/enqueue_messages.sql
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

-- file: sql/functions/internal/claim_messages.sql
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

-- file: sql/functions/internal/complete_messages.sql
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

-- file: sql/functions/internal/get_retry_delay.sql
-- purpose:    How long to wait after a failure: p_first, doubled by each further attempt up to
--             p_longest, and up to half of that taken off by chance, so that what failed together
--             does not come back together.
-- security:   invoker; a calculation.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    internal.fail_messages().

create or replace function internal.get_retry_delay(
    p_attempts integer, p_first interval, p_longest interval
)
returns interval
language sql
volatile
security invoker
begin atomic
    select
        least(
            get_retry_delay.p_longest,
            -- No further than a million times, where an interval would overflow.
            get_retry_delay.p_first
            * power(2, least(greatest(get_retry_delay.p_attempts, 1), 21) - 1)
        ) * (1 - random() / 2);
end;

revoke all on function internal.get_retry_delay(integer, interval, interval)
from public, anon, authenticated, service_role;
grant execute on function internal.get_retry_delay(integer, interval, interval)
to hephaitos_internal;

comment on function internal.get_retry_delay(integer, interval, interval) is
'How long to wait after a failure: doubling, bounded, with jitter.';

-- file: sql/functions/internal/fail_messages.sql
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

-- file: sql/functions/internal/release_messages.sql
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

-- file: sql/functions/internal/revive_messages.sql
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

-- file: sql/functions/internal/purge_messages.sql
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

-- file: sql/functions/internal/get_queue_metrics.sql
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

-- file: sql/functions/internal/enqueue_ended_jobs_trigger.sql
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

-- file: sql/triggers/public/backtest_jobs.t60_enqueue_ended_jobs.sql
-- purpose:    Whoever asked for a backtest is told when it was completed or failed.
-- security:   runs as hephaitos_internal, which owns internal.enqueue_ended_jobs_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs. Rows that are inserted as ended are history.
-- order:      rank 60, after cascades (50).

create or replace trigger t60_enqueue_ended_jobs
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.enqueue_ended_jobs_trigger();
