set local lock_timeout = '2s';

-- changes: 1 index made, 1 function made
-- locks:   share on public.strategies
-- loses:   nothing

-- change:
-- A page of a user's strategies, newest first, found without reading those before it.
-- squawk-ignore require-concurrent-index-creation
create index strategies_user_id_created_at_id_idx
on public.strategies (user_id, created_at, id);

-- file: sql/functions/public/get_strategies_with_performance_v2.sql
-- purpose:    One page of a user's strategies with the averages of their backtests, newest first.
--             The next page begins after created_at and id of the last row of this one.
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(page), whatever the number of strategies and of their backtests: one statement, the
--             page by strategies_user_id_created_at_id_idx, its totals by their primary key.
-- callers:    the web application: rpc('get_strategies_with_performance_v2', {p_user_id, p_limit}).
--             The first version, which answers with all strategies at once, stays beside it.
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user;
--             22023 for half a place to go on from. p_limit is taken to be from 1 to 100.

create or replace function public.get_strategies_with_performance_v2(
    p_user_id uuid,
    p_limit integer default 50,
    p_after_created_at timestamptz default null,
    p_after_id uuid default null
)
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
    if (p_after_created_at is null) <> (p_after_id is null) then
        raise exception 'half a place to go on from'
            using errcode = 'invalid_parameter_value',
                  detail = 'One of p_after_created_at and p_after_id is null.',
                  hint = 'Pass both from the last row of the page before, or neither.';
    end if;

    return query
    with page as (
        select
            strategies.user_id,
            strategies.id,
            strategies.name,
            strategies.description,
            strategies.status,
            strategies.created_at,
            strategies.updated_at
        from public.strategies
        where
            strategies.user_id = p_user_id
            -- Above every strategy there can be, so that the index has a place to begin at.
            and (strategies.created_at, strategies.id) < (
                coalesce(p_after_created_at, 'infinity'),
                coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            )
        order by strategies.created_at desc, strategies.id desc
        limit least(greatest(coalesce(p_limit, 50), 1), 100)
    )

    select
        page.id,
        page.name,
        page.description,
        page.status,
        page.created_at,
        page.updated_at,
        round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2),
        round(stats.cagr_total / nullif(stats.cagr_count, 0), 2),
        round(stats.return_total / stats.backtest_count, 2),
        coalesce(stats.backtest_count, 0),
        stats.last_backtest_at
    from page
    left join public.strategy_stats as stats
        on stats.user_id = page.user_id and stats.strategy_id = page.id
    order by page.created_at desc, page.id desc;
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid)
owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all
on function public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid)
from public, anon, authenticated, service_role;
grant execute
on function public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid)
to authenticated, service_role;

comment on function
public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid) is
'One page of a user''s strategies with the averages of their backtests, newest first.';
