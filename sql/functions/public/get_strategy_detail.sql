-- purpose:    All that the page of one strategy shows, in one call. Keys of the answer:
--             strategy        id, name, description, status, config, is_public, created_at,
--                             updated_at, last_activity_at
--             stats           avg_sharpe, avg_cagr, avg_return (two digits; null where unknown),
--                             backtest_count, last_backtest_at
--             latest_results  up to 10, newest first: see internal.describe_result()
--             active_jobs     queued and running ones, up to 50, newest first: see
--                             internal.describe_job()
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(1), whatever the number of backtests: one statement, each part by an index.
-- callers:    the web application: rpc('get_strategy_detail', {p_strategy_id, p_user_id}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user;
--             PT404, the same for a foreign, an absent, a deleted and a null strategy.

create or replace function public.get_strategy_detail(p_strategy_id uuid, p_user_id uuid)
returns jsonb
language plpgsql
stable
security definer
cost 1000
set search_path = ''
as $$
declare
    v_detail pg_catalog.jsonb;
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the strategies of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    select
        jsonb_build_object(
            'strategy', jsonb_build_object(
                'id', strategies.id,
                'name', strategies.name,
                'description', strategies.description,
                'status', strategies.status,
                'config', strategies.config,
                'is_public', strategies.is_public,
                'created_at', strategies.created_at,
                'updated_at', strategies.updated_at,
                'last_activity_at', strategies.last_activity_at
            ),
            'stats', jsonb_build_object(
                'avg_sharpe', round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2),
                'avg_cagr', round(stats.cagr_total / nullif(stats.cagr_count, 0), 2),
                'avg_return', round(stats.return_total / stats.backtest_count, 2),
                'backtest_count', coalesce(stats.backtest_count, 0),
                'last_backtest_at', stats.last_backtest_at
            ),
            'latest_results', to_jsonb(
                array(
                    select internal.describe_result(backtest_results)
                    from public.backtest_results
                    where
                        backtest_results.user_id = strategies.user_id
                        and backtest_results.strategy_id = strategies.id
                    order by backtest_results.created_at desc, backtest_results.id desc
                    limit 10
                )
            ),
            'active_jobs', to_jsonb(
                array(
                    select internal.describe_job(backtest_jobs)
                    from public.backtest_jobs
                    where
                        backtest_jobs.user_id = strategies.user_id
                        and backtest_jobs.strategy_id = strategies.id
                        and backtest_jobs.status in ('queued', 'running')
                    order by backtest_jobs.created_at desc, backtest_jobs.id desc
                    limit 50
                )
            )
        )
    into v_detail
    from public.strategies
    left join public.strategy_stats as stats
        on stats.user_id = strategies.user_id and stats.strategy_id = strategies.id
    where strategies.user_id = p_user_id and strategies.id = p_strategy_id;

    if not found then
        raise exception 'this user has no such strategy'
            using errcode = 'PT404',
                  detail = 'No strategy of the user has the id that was passed.',
                  hint = 'Pass the id of a strategy in the user''s list.';
    end if;
    return v_detail;
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_strategy_detail(uuid, uuid) owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_strategy_detail(uuid, uuid)
from public, anon, authenticated, service_role;
grant execute on function public.get_strategy_detail(uuid, uuid) to authenticated, service_role;

comment on function public.get_strategy_detail(uuid, uuid) is
'One strategy with its averages, latest results and active jobs.';
