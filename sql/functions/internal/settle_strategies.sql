-- purpose:    Bring strategies in line with their jobs: one with a running job is in backtesting,
--             one that was and has none any more is back where it was. The answer is whether one of
--             them is archived.
-- security:   definer: writers of jobs may not write strategies.
-- complexity: two statements for s strategies, O(log n) each by their keys.
-- callers:    internal.follow_updated_jobs_trigger(), internal.follow_deleted_jobs_trigger().
-- order:      locks strategies by (user_id, id): two statements cannot deadlock on them; and
--             looks at jobs only then, so that of two last jobs ending at once the second sees the
--             first. That takes read committed: above it, the second fails with 40001 or comes too
--             early, and the strategy goes back with the next job that ends.

create or replace function internal.settle_strategies(p_user_ids uuid[], p_strategy_ids uuid[])
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_has_archived boolean;
begin
    with locked as (
        select strategies.status
        from public.strategies
        where
            (strategies.user_id, strategies.id) in (
                select
                    touched.user_id,
                    touched.strategy_id
                from unnest(p_user_ids, p_strategy_ids) as touched (user_id, strategy_id)
            )
        order by strategies.user_id, strategies.id
        for no key update
    )
    select coalesce(bool_or(locked.status = 'archived'), false) into v_has_archived from locked;

    update public.strategies
    set
        status = case
            when now_is.has_running then 'backtesting'
            else coalesce(strategies.status_before_backtesting, 'ready')
        end,
        status_before_backtesting = case when now_is.has_running then strategies.status end,
        last_activity_at = greatest(strategies.last_activity_at, now())
    from (
        select distinct
            touched.user_id,
            touched.strategy_id,
            exists (
                select
                from public.backtest_jobs
                where
                    backtest_jobs.user_id = touched.user_id
                    and backtest_jobs.strategy_id = touched.strategy_id
                    and backtest_jobs.status = 'running'
            ) as has_running
        from unnest(p_user_ids, p_strategy_ids) as touched (user_id, strategy_id)
    ) as now_is
    where
        strategies.user_id = now_is.user_id
        and strategies.id = now_is.strategy_id
        and now_is.has_running = (strategies.status <> 'backtesting')
        and (
            not now_is.has_running
            -- What may be backtested is data, too: an archived one may not.
            or exists (
                select
                from internal.status_transitions as known
                where
                    known.table_name = 'strategies'
                    and known.from_status = strategies.status
                    and known.to_status = 'backtesting'
            )
        );
    return v_has_archived;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.settle_strategies(uuid[], uuid[]) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.settle_strategies(uuid[], uuid[])
from public, anon, authenticated, service_role;

comment on function internal.settle_strategies(uuid[], uuid[]) is
'Puts strategies with running jobs in backtesting, and those without back where they were.';
