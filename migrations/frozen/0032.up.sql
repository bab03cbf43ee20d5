set local lock_timeout = '2s';

create table internal.feed_epochs (
    epoch integer not null,
    cluster text not null,
    floor_seq bigint not null,
    began_at timestamptz not null default now(),
    constraint feed_epochs_pkey primary key (epoch)
);

comment on table internal.feed_epochs is
'When the feed of changes began, and when it began anew because a restore had turned the numbers of '
'transactions back.';
comment on column internal.feed_epochs.cluster is 'What the numbers of its transactions belong to.';
comment on column internal.feed_epochs.floor_seq is
'The last number of a change before the epoch; the feed has those after it.';
comment on constraint feed_epochs_pkey on internal.feed_epochs is
'global: the feed is one over all users.';

create table internal.feed_consumers (
    consumer text not null,
    epoch integer not null,
    xact_id xid8 not null,
    seq bigint not null,
    joined_at timestamptz not null default now(),
    confirmed_at timestamptz,
    constraint feed_consumers_pkey primary key (consumer),
    constraint feed_consumers_epoch_fkey
    foreign key (epoch) references internal.feed_epochs (epoch),
    constraint feed_consumers_consumer_check check (consumer ~ '^[a-z][a-z0-9_]{0,62}$')
);

create index feed_consumers_epoch_idx on internal.feed_consumers (epoch);

comment on table internal.feed_consumers is 'Who reads the feed of changes, and how far they are.';
comment on column internal.feed_consumers.xact_id is
'With seq the last change that was confirmed, in the order of the feed.';
comment on constraint feed_consumers_pkey on internal.feed_consumers is
'global: a consumer reads the changes of all users.';

-- purpose:    Where the feed of changes began, and on which cluster.
-- security:   no role of the API has a right here, workers neither.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal reads; who owns the record begins an epoch.

revoke all on internal.feed_epochs
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select on internal.feed_epochs to hephaitos_internal;

alter table internal.feed_epochs enable row level security;
alter table internal.feed_epochs force row level security;

drop policy if exists feed_epochs_select_internal on internal.feed_epochs;
create policy feed_epochs_select_internal on internal.feed_epochs
for select to hephaitos_internal
using (true);

-- purpose:    How far each consumer of the feed of changes has come.
-- security:   no role of the API has a right here, workers neither.
-- complexity: policies without a condition: nothing here belongs to a user.
-- callers:    hephaitos_internal, through the functions of the feed.

revoke all on internal.feed_consumers
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;
grant select, insert, update, delete on internal.feed_consumers to hephaitos_internal;

alter table internal.feed_consumers enable row level security;
alter table internal.feed_consumers force row level security;

drop policy if exists feed_consumers_select_internal on internal.feed_consumers;
create policy feed_consumers_select_internal on internal.feed_consumers
for select to hephaitos_internal
using (true);

drop policy if exists feed_consumers_insert_internal on internal.feed_consumers;
create policy feed_consumers_insert_internal on internal.feed_consumers
for insert to hephaitos_internal
with check (true);

drop policy if exists feed_consumers_update_internal on internal.feed_consumers;
create policy feed_consumers_update_internal on internal.feed_consumers
for update to hephaitos_internal
using (true)
with check (true);

drop policy if exists feed_consumers_delete_internal on internal.feed_consumers;
create policy feed_consumers_delete_internal on internal.feed_consumers
for delete to hephaitos_internal
using (true);

-- purpose:    What the numbers of transactions here belong to: this cluster, and this line of it.
-- security:   invoker; reads what everybody may read.
-- complexity: O(1), no table.
-- callers:    the functions of the feed.

create or replace function internal.identify_cluster()
returns text
language sql
stable
security invoker
begin atomic
    -- The first eight digits of a segment are its timeline, which a restore to a point in time and
    -- a promotion count up.
    select
        concat_ws(
            '/',
            pg_control_system.system_identifier,
            left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
        )
    from pg_control_system() as pg_control_system;
end;

revoke all on function internal.identify_cluster()
from public, anon, authenticated, service_role;
grant execute on function internal.identify_cluster() to hephaitos_internal;

comment on function internal.identify_cluster() is
'The cluster and its timeline; with another one, numbers of transactions mean something else.';

-- purpose:    The epoch of the feed that is under way.
-- security:   invoker; the caller needs select on internal.feed_epochs.
-- complexity: one index probe.
-- callers:    the functions of the feed.
-- raises:     55000 when the database came from another cluster since the epoch began.

create or replace function internal.get_feed_epoch()
returns internal.feed_epochs
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch internal.feed_epochs;
begin
    select feed_epochs.epoch, feed_epochs.cluster, feed_epochs.floor_seq, feed_epochs.began_at
    into v_epoch
    from internal.feed_epochs
    order by feed_epochs.epoch desc
    limit 1;
    if v_epoch.cluster is distinct from internal.identify_cluster() then
        raise exception 'the feed of changes belongs to another cluster'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format(
                      'It began on %s; this is %s. A restore has turned transactions back.',
                      coalesce(v_epoch.cluster, 'none'), internal.identify_cluster()
                  ),
                  hint = 'Run select internal.begin_feed_epoch(), then let every consumer join '
                      'again and load its state anew.';
    end if;
    return v_epoch;
end;
$$;

revoke all on function internal.get_feed_epoch()
from public, anon, authenticated, service_role;
grant execute on function internal.get_feed_epoch() to hephaitos_internal;

comment on function internal.get_feed_epoch() is
'The newest epoch; refuses when the database was restored since.';

-- purpose:    Begin the feed anew, after a restore has turned the numbers of transactions back.
-- security:   invoker: who owns the record.
-- complexity: waits for writers to finish and holds them until it commits; brief.
-- callers:    people, after a restore; the revision that made the feed. Then every consumer joins
--             again and loads its state anew.
-- raises:     55P03 when a lock is not to be had within five seconds.

create or replace function internal.begin_feed_epoch()
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
set lock_timeout = '5s'
as $$
declare
    v_epoch integer;
begin
    -- Nobody writes, so that every number given out so far is of a change that is there to see.
    lock table audit.changes in share mode;
    insert into internal.feed_epochs (epoch, cluster, floor_seq)
    select
        coalesce(max(feed_epochs.epoch), 0) + 1,
        internal.identify_cluster(),
        coalesce(pg_sequence_last_value('audit.changes_seq_seq'), 0)
    from internal.feed_epochs
    returning feed_epochs.epoch into v_epoch;
    return v_epoch;
end;
$$;

revoke all on function internal.begin_feed_epoch()
from public, anon, authenticated, service_role;

comment on function internal.begin_feed_epoch() is
'Starts the feed over from here on; consumers of earlier epochs are refused until they join again.';

-- purpose:    Where a consumer of the feed stands.
-- security:   invoker; the caller needs select on internal.feed_consumers.
-- complexity: two index probes.
-- callers:    internal.read_changes() and internal.confirm_changes().
-- raises:     22023 for a consumer that never joined; 55000 for one of an earlier epoch.

create or replace function internal.get_feed_consumer(p_consumer text)
returns internal.feed_consumers
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
    v_consumer internal.feed_consumers;
begin
    select
        feed_consumers.consumer, feed_consumers.epoch, feed_consumers.xact_id, feed_consumers.seq,
        feed_consumers.joined_at, feed_consumers.confirmed_at
    into v_consumer
    from internal.feed_consumers
    where feed_consumers.consumer = p_consumer;
    if v_consumer.consumer is null then
        raise exception 'nobody reads the feed of changes by this name'
            using errcode = 'invalid_parameter_value',
                  detail = format('The name is %s.', coalesce(quote_literal(p_consumer), 'null')),
                  hint = 'Run select internal.join_feed(name) once.';
    end if;
    if v_consumer.epoch <> v_epoch.epoch then
        raise exception 'the feed of changes has begun anew'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format(
                      '%L reads epoch %s; epoch %s began at %s.', p_consumer, v_consumer.epoch,
                      v_epoch.epoch, v_epoch.began_at
                  ),
                  hint = 'Run select internal.join_feed(name), then load the state anew.';
    end if;
    return v_consumer;
end;
$$;

revoke all on function internal.get_feed_consumer(text)
from public, anon, authenticated, service_role;
grant execute on function internal.get_feed_consumer(text) to hephaitos_internal;

comment on function internal.get_feed_consumer(text) is
'Where a consumer stands; refuses one that never joined, or whose epoch is over.';

-- purpose:    Begin to read the feed of changes, or begin again.
-- security:   invoker; the caller needs insert and update on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers, once; again when told to. Load the state after this has committed: what
--             was committed by then is in what you load, the rest will be in the feed.
-- raises:     55000 when the database came from another cluster since the epoch began.

create or replace function internal.join_feed(p_consumer text, p_from_start boolean default false)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
begin
    insert into internal.feed_consumers as known (consumer, epoch, xact_id, seq)
    values (
        p_consumer,
        v_epoch.epoch,
        case
            when p_from_start then '0'::pg_catalog.xid8
            else pg_snapshot_xmin(pg_current_snapshot())
        end,
        0
    )
    on conflict (consumer) do update
    set
        epoch = excluded.epoch,
        xact_id = excluded.xact_id,
        seq = 0,
        joined_at = now(),
        confirmed_at = null;
end;
$$;

revoke all on function internal.join_feed(text, boolean)
from public, anon, authenticated, service_role;
grant execute on function internal.join_feed(text, boolean) to hephaitos_internal;

comment on function internal.join_feed(text, boolean) is
'Remembers a consumer from now on, or from the beginning of the epoch.';

-- purpose:    Stop reading the feed of changes, so that nothing is kept for this consumer.
-- security:   invoker; the caller needs delete on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers that are retired, and people for those that are gone.

create or replace function internal.leave_feed(p_consumer text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    delete from internal.feed_consumers
    where feed_consumers.consumer = p_consumer;
end;
$$;

revoke all on function internal.leave_feed(text)
from public, anon, authenticated, service_role;
grant execute on function internal.leave_feed(text) to hephaitos_internal;

comment on function internal.leave_feed(text) is 'Forgets a consumer; harmless when it is unknown.';

-- purpose:    The next changes for a consumer, at least once each.
-- security:   invoker; the caller needs select on audit.changes.
-- complexity: O(limit) rows from one index of each month there is.
-- callers:    consumers, in a loop: read, apply, internal.confirm_changes() with the last row.
-- order:      by transaction, then seq, which is not the order of commits. Within a record_key the
--             highest seq is the newest: a consumer keeps that, whatever comes after it.
-- raises:     as internal.get_feed_consumer().

create or replace function internal.read_changes(p_consumer text, p_limit integer default 1000)
returns setof audit.changes
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_epoch constant internal.feed_epochs := internal.get_feed_epoch();
    v_consumer constant internal.feed_consumers := internal.get_feed_consumer(p_consumer);
begin
    return query
    select changes.*
    from audit.changes
    where (changes.xact_id, changes.seq) > (v_consumer.xact_id, v_consumer.seq)
        and changes.seq > v_epoch.floor_seq
        -- The horizon: every transaction before it is over, so none can add a change there.
        and changes.xact_id < pg_snapshot_xmin(pg_current_snapshot())
    order by changes.xact_id, changes.seq
    limit p_limit;
end;
$$;

revoke all on function internal.read_changes(text, integer)
from public, anon, authenticated, service_role;
grant execute on function internal.read_changes(text, integer) to hephaitos_internal;

comment on function internal.read_changes(text, integer) is
'Changes after those that a consumer has confirmed, up to the horizon; the same until confirmed.';

-- purpose:    Remember that a consumer is done with everything up to a change.
-- security:   invoker; the caller needs update on internal.feed_consumers.
-- complexity: one row.
-- callers:    consumers, when what internal.read_changes() returned has been applied: with xact_id
--             and seq of the last of it. Going back is ignored: somebody slower confirmed less.
-- raises:     as internal.get_feed_consumer().

create or replace function internal.confirm_changes(
    p_consumer text, p_xact_id xid8, p_seq bigint
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform internal.get_feed_consumer(p_consumer);
    update internal.feed_consumers
    set
        xact_id = p_xact_id,
        seq = p_seq,
        confirmed_at = now()
    where feed_consumers.consumer = p_consumer
        and (feed_consumers.xact_id, feed_consumers.seq) < (p_xact_id, p_seq);
end;
$$;

revoke all on function internal.confirm_changes(text, xid8, bigint)
from public, anon, authenticated, service_role;
grant execute on function internal.confirm_changes(text, xid8, bigint) to hephaitos_internal;

comment on function internal.confirm_changes(text, xid8, bigint) is
'Moves a consumer forward to a change that it has applied.';

-- purpose:    How far behind the horizon of the feed is, and who holds it back.
-- security:   invoker. Since when a session has its transaction only those see who may see all
--             sessions; that it has one, everybody.
-- complexity: one pass over the sessions; one index probe a month.
-- callers:    monitoring, and people.

create or replace function internal.describe_feed()
returns table (
    horizon xid8,
    next_xact_id xid8,
    holder_pid integer,
    holder_database text,
    holder_application text,
    holder_since timestamptz,
    prepared_gid text,
    lag interval
)
language sql
stable
security invoker
begin atomic
    with
    seen as (
        select
            pg_snapshot_xmin(pg_current_snapshot()) as horizon,
            pg_snapshot_xmax(pg_current_snapshot()) as next_xact_id
    ),

    holders as (
        select
            pg_stat_activity.backend_xid as xid,
            pg_stat_activity.pid,
            pg_stat_activity.datname::text as database_name,
            pg_stat_activity.application_name,
            pg_stat_activity.xact_start as since,
            null::text as gid
        from pg_catalog.pg_stat_activity
        where pg_stat_activity.backend_xid is not null
        union all
        select
            pg_prepared_xacts.transaction as xid,
            null as pid,
            pg_prepared_xacts.database::text as database_name,
            null as application_name,
            pg_prepared_xacts.prepared as since,
            pg_prepared_xacts.gid
        from pg_catalog.pg_prepared_xacts
    )

    select
        seen.horizon,
        seen.next_xact_id,
        holders.pid as holder_pid,
        holders.database_name as holder_database,
        holders.application_name as holder_application,
        holders.since as holder_since,
        holders.gid as prepared_gid,
        -- What is committed and may not be read yet, by the oldest of it.
        coalesce(
            (
                select clock_timestamp() - min(changes.changed_at)
                from audit.changes
                where changes.xact_id >= seen.horizon
            ),
            interval '0'
        ) as lag
    from seen
    -- Sessions name transactions without the count of how often their numbers began anew.
    left join holders
        on holders.xid::text::bigint = seen.horizon::text::bigint % 4294967296;
end;

revoke all on function internal.describe_feed()
from public, anon, authenticated, service_role;
grant execute on function internal.describe_feed() to hephaitos_internal;

comment on function internal.describe_feed() is
'The horizon of the feed, how long the oldest unreadable change has waited, and for whom.';

-- purpose:    Take months out of audit.changes that have been kept for long enough.
-- security:   invoker: only the owner of the record can. What was detached is a table of its own,
--             still append-only, for people to copy elsewhere and to drop.
-- complexity: catalog rows only; access exclusive on the record, for a moment a month.
-- callers:    a job, monthly; people.
-- overlap:    safe twice and beside itself: the second finds nothing left to do.
-- raises:     55P03 when the lock is not to be had within two seconds; the next run tries again.

create or replace function internal.detach_audit_partitions(
    p_keep interval default '24 months', p_now timestamptz default now()
)
returns table (month text, detached boolean, reason text)
language plpgsql
volatile
security invoker
set search_path = ''
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
    v_consumer pg_catalog.text;
begin
    lock table only audit.changes in share update exclusive mode;
    for month in
        select pg_class.relname::pg_catalog.text
        from pg_catalog.pg_inherits
        inner join pg_catalog.pg_class
            on pg_inherits.inhrelid = pg_class.oid
        where pg_inherits.inhparent = 'audit.changes'::pg_catalog.regclass
            and pg_class.relname ~ '^changes_\d{4}_\d{2}$'
            and to_date(pg_class.relname, '"changes_"YYYY_MM') + interval '1 month'
            <= p_now - p_keep
        order by pg_class.relname
    loop
        -- Nothing goes that somebody still has to read.
        execute format(
            'select feed_consumers.consumer from internal.feed_consumers '
            'where feed_consumers.epoch = (select max(feed_epochs.epoch) '
            'from internal.feed_epochs) and exists (select from audit.%I as changes '
            'inner join internal.feed_epochs on feed_consumers.epoch = feed_epochs.epoch '
            'where (changes.xact_id, changes.seq) > (feed_consumers.xact_id, feed_consumers.seq) '
            'and changes.seq > feed_epochs.floor_seq) order by feed_consumers.consumer limit 1',
            month
        )
        into v_consumer;
        detached := v_consumer is null;
        reason := case when not detached then format('%L has not read all of it', v_consumer) end;
        if detached then
            execute format('alter table audit.changes detach partition audit.%I', month);
            -- The one it had was a part of the record's.
            execute format(
                'create trigger t10_refuse_rewrite before update or delete on audit.%I '
                'for each row execute function internal.refuse_rewrite_trigger()',
                month
            );
            execute format(
                'alter table audit.%I enable always trigger t10_refuse_rewrite', month
            );
        end if;
        return next;
    end loop;
end;
$$;

revoke all on function internal.detach_audit_partitions(interval, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.detach_audit_partitions(interval, timestamptz) is
'Detaches months that ended before the time to keep, unless a consumer has not read them.';

select internal.begin_feed_epoch();
