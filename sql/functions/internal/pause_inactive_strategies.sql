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
