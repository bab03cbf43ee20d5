set local lock_timeout = '2s';

-- changes: 2 functions made
-- locks:   none
-- loses:   nothing

-- file: sql/functions/internal/can_act_for.sql
-- purpose:    May the caller see and change what belongs to this user? Never null.
-- security:   invoker. service_role counts by the role in force, which a claim cannot forge and a
--             definer function does not change; without an id, nobody is anybody.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    hephaitos_api, first thing in every function that takes a user's id.
-- raises:     22P02 when the caller's claim holds something else than a uuid.

create or replace function internal.can_act_for(p_user_id uuid)
returns boolean
language sql
stable
security invoker
begin atomic
    select
        can_act_for.p_user_id is not null
        and (
            current_setting('role') = 'service_role'
            or can_act_for.p_user_id is not distinct from auth.uid()
        );
end;

revoke all on function internal.can_act_for(uuid) from public, anon, authenticated, service_role;
grant execute on function internal.can_act_for(uuid) to hephaitos_api;

comment on function internal.can_act_for(uuid) is
'True when the caller is this user or service_role; false for null.';

-- file: sql/functions/public/get_strategies_with_performance.sql
-- purpose:    All strategies of a user with the averages of their backtests, newest first.
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(s) for s strategies of the user, whatever the number of their backtests: one
--             statement over strategies and strategy_stats, each by its primary key.
-- callers:    the web application: rpc('get_strategies_with_performance', {p_user_id}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user.

create or replace function public.get_strategies_with_performance(p_user_id uuid)
returns table (
    id uuid,
    name text,
    description text,
    status text,
    created_at timestamptz,
    updated_at timestamptz,
    avg_sharpe numeric,
    avg_cagr numeric,
    avg_return numeric,
    backtest_count bigint,
    last_backtest_at timestamptz
)
language plpgsql
stable
security definer
cost 1000
rows 50
set search_path = ''
as $$
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the strategies of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    return query
    select
        strategies.id,
        strategies.name,
        strategies.description,
        strategies.status,
        strategies.created_at,
        strategies.updated_at,
        round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2),
        round(stats.cagr_total / nullif(stats.cagr_count, 0), 2),
        round(stats.return_total / stats.backtest_count, 2),
        coalesce(stats.backtest_count, 0),
        stats.last_backtest_at
    from public.strategies
    left join public.strategy_stats as stats
        on stats.user_id = strategies.user_id and stats.strategy_id = strategies.id
    where strategies.user_id = p_user_id
    order by strategies.created_at desc, strategies.id desc;
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_strategies_with_performance(uuid) owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_strategies_with_performance(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.get_strategies_with_performance(uuid)
to authenticated, service_role;

comment on function public.get_strategies_with_performance(uuid) is
'All strategies of a user with the averages of their backtests, newest first.';
