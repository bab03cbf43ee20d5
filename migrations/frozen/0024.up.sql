set local lock_timeout = '2s';

-- changes: 1 table made, 1 index made, 2 functions made, 1 procedure made, 1 cron job made
-- locks:   share row exclusive on public.strategies, row exclusive on cron.job and cron.jobid_seq
-- loses:   nothing

-- change:
create table internal.strategy_pauses (
    user_id uuid not null,
    strategy_id uuid not null,
    paused_at timestamptz not null,
    idle_since timestamptz not null,
    reason text not null,
    resumed_at timestamptz,
    constraint strategy_pauses_pkey primary key (user_id, strategy_id, paused_at),
    constraint strategy_pauses_user_id_strategy_id_fkey
    foreign key (user_id, strategy_id) references public.strategies (user_id, id)
    on delete cascade,
    constraint strategy_pauses_idle_since_check check (idle_since < paused_at),
    constraint strategy_pauses_reason_check check (char_length(reason) between 1 and 200)
);

comment on table internal.strategy_pauses is
'Strategies that were paused for want of activity. internal.resume_paused_strategies() takes pauses '
'back.';
comment on column internal.strategy_pauses.resumed_at is
'When the pause was taken back; null while it stands, or when its user has decided otherwise.';

create index strategy_pauses_paused_at_idx
on internal.strategy_pauses (paused_at) where resumed_at is null;

-- What runs, idle for longest first; small, however many strategies there are.
-- squawk-ignore require-concurrent-index-creation
create index strategies_last_activity_at_user_id_id_idx
on public.strategies (last_activity_at, user_id, id) where status = 'running';

-- file: sql/access/internal/strategy_pauses.sql
-- purpose:    Which strategies were paused for want of activity, and why.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    internal.pause_inactive_strategies() and internal.resume_paused_strategies().

revoke all on internal.strategy_pauses
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.strategy_pauses enable row level security;
alter table internal.strategy_pauses force row level security;

-- file: sql/functions/internal/get_idle_limit.sql
-- purpose:    After how long without activity a running strategy is paused.
-- security:   invoker; a constant.
-- complexity: O(1), no table.
-- callers:    internal.pause_inactive_strategies().

create or replace function internal.get_idle_limit()
returns interval
language sql
immutable
security invoker
begin atomic
    select interval '90 days';
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_idle_limit() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_idle_limit()
from public, anon, authenticated, service_role;

comment on function internal.get_idle_limit() is
'After how long without activity a running strategy is paused.';

-- file: sql/functions/internal/pause_inactive_strategies.sql
-- purpose:    Pause strategies that run without anybody caring: no edit, no backtest, no activity
--             for internal.get_idle_limit(). Their users are told, and the pause can be undone.
-- security:   invoker, as it commits: for migrator, who is past row security. No role of the API
--             may call it.
-- complexity: O(n log n) for n running strategies whose last_activity_at is past the limit, and the
--             jobs of each; a transaction for each 500.
-- callers:    cron job internal.pause_inactive_strategies.
-- order:      idle for longest first; what somebody else has locked is left to the next run.
-- overlap:    safe twice and beside itself: a paused strategy is no candidate any more.

create or replace procedure internal.pause_inactive_strategies(
    p_now timestamptz default now(), inout p_paused bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 500;
    v_limit constant timestamptz := p_now - internal.get_idle_limit();
    v_at timestamptz := '-infinity'::timestamptz;
    v_user uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_id uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_ids uuid[];
    v_messages jsonb;
begin
    loop
        with page as materialized (
            select strategies.user_id, strategies.id, strategies.last_activity_at
            from public.strategies
            where
                strategies.status = 'running'
                and strategies.last_activity_at < v_limit
                and (strategies.last_activity_at, strategies.user_id, strategies.id)
                > (v_at, v_user, v_id)
            order by strategies.last_activity_at, strategies.user_id, strategies.id
            limit v_batch
            for update skip locked
        )

        select
            (array_agg(page.last_activity_at order by page.last_activity_at desc))[1],
            (array_agg(page.user_id order by
                page.last_activity_at desc, page.user_id desc, page.id desc))[1],
            (array_agg(page.id order by
                page.last_activity_at desc, page.user_id desc, page.id desc))[1],
            array_agg(page.id)
        into v_at, v_user, v_id, v_ids
        from page;
        exit when v_ids is null;

        -- A statement of its own: it sees jobs that were committed while the locks were taken, and
        -- no new one can name a locked strategy.
        with
        idle as (
            select
                strategies.user_id,
                strategies.id,
                greatest(
                    strategies.last_activity_at, strategies.updated_at, stats.last_backtest_at
                ) as idle_since
            from public.strategies
            left join public.strategy_stats as stats
                on strategies.user_id = stats.user_id and strategies.id = stats.strategy_id
            where
                strategies.id = any (v_ids)
                and strategies.status = 'running'
                and greatest(
                    strategies.last_activity_at, strategies.updated_at, stats.last_backtest_at
                ) < v_limit
                and not exists (
                    select
                    from public.backtest_jobs
                    where
                        backtest_jobs.user_id = strategies.user_id
                        and backtest_jobs.strategy_id = strategies.id
                        and (
                            backtest_jobs.status in ('queued', 'running')
                            or backtest_jobs.created_at >= v_limit
                        )
                )
        ),

        paused as (
            update public.strategies
            set status = 'paused'
            from idle
            where strategies.user_id = idle.user_id and strategies.id = idle.id
            returning strategies.user_id, strategies.id, strategies.name, idle.idle_since
        ),

        noted as (
            insert into internal.strategy_pauses
                (user_id, strategy_id, paused_at, idle_since, reason)
            select
                paused.user_id,
                paused.id,
                p_now,
                paused.idle_since,
                'no activity since ' || to_char(paused.idle_since at time zone 'GMT', 'YYYY-MM-DD')
            from paused
            returning
                strategy_pauses.user_id,
                strategy_pauses.strategy_id,
                strategy_pauses.paused_at,
                strategy_pauses.reason
        )

        select
            jsonb_agg(
                jsonb_build_object(
                    'kind', 'strategy_paused',
                    'dedup_key',
                    format(
                        'strategy_paused:%s:%s',
                        noted.strategy_id,
                        extract(epoch from noted.paused_at)::bigint
                    ),
                    'user_id', noted.user_id,
                    'payload',
                    jsonb_build_object('strategy_id', noted.strategy_id, 'reason', noted.reason)
                )
            )
        into v_messages
        from noted;
        if v_messages is not null then
            perform internal.enqueue_messages('notifications', v_messages);
            p_paused := p_paused + jsonb_array_length(v_messages);
        end if;
        commit;
        raise notice '% strategies paused', p_paused;
    end loop;
    perform internal.note_done('internal.pause_inactive_strategies', p_now);
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.pause_inactive_strategies(timestamptz, bigint) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.pause_inactive_strategies(timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.pause_inactive_strategies (timestamptz, bigint) is
'Pauses running strategies without activity, tells their users, and keeps the reason.';

-- file: sql/functions/internal/resume_paused_strategies.sql
-- purpose:    Undo pauses: strategies that internal.pause_inactive_strategies() paused since then
--             run again, of one user or of all, unless somebody has changed them in between.
-- security:   invoker: for migrator. No role of the API may call it; users resume their own.
-- complexity: O(n) for n pauses since that moment, by index.
-- callers:    whoever operates the database.

create or replace function internal.resume_paused_strategies(
    p_paused_since timestamptz, p_user_id uuid default null
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_resumed bigint;
begin
    with
    undone as (
        update internal.strategy_pauses
        set resumed_at = now()
        from public.strategies
        where
            strategy_pauses.paused_at >= p_paused_since
            and strategy_pauses.resumed_at is null
            and (p_user_id is null or strategy_pauses.user_id = p_user_id)
            and strategies.user_id = strategy_pauses.user_id
            and strategies.id = strategy_pauses.strategy_id
            and strategies.status = 'paused'
        returning strategy_pauses.user_id, strategy_pauses.strategy_id
    )

    update public.strategies
    set status = 'running', last_activity_at = now()
    from undone
    where strategies.user_id = undone.user_id and strategies.id = undone.strategy_id;
    get diagnostics v_resumed = row_count;
    return v_resumed;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.resume_paused_strategies(timestamptz, uuid) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.resume_paused_strategies(timestamptz, uuid)
from public, anon, authenticated, service_role;

comment on function internal.resume_paused_strategies(timestamptz, uuid) is
'Undoes the pauses of inactive strategies since a moment; answers how many run again.';

-- file: sql/cron/internal/pause_inactive_strategies.sql
-- purpose:    Strategies that run without anybody caring are paused, every day.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.pause_inactive_strategies() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: a paused strategy is no candidate any more.

select cron.schedule(
    job_name => 'internal.pause_inactive_strategies',
    schedule => '0 4 * * *',
    command => 'call internal.pause_inactive_strategies()'
);
