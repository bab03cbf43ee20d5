-- purpose:    All that the front page of a user shows, in one call. Keys of the answer:
--             strategies      the newest 10: id, name, status, created_at, updated_at, avg_sharpe,
--                             avg_cagr, avg_return (two digits; null where unknown),
--                             backtest_count, last_backtest_at
--             active_jobs     queued and running ones, up to 50, newest first: the fields of
--                             internal.describe_job()
--             latest_results  up to 10, newest first: those of internal.describe_result()
--             unread          the newest 10 notifications not read yet: id, kind, title, body,
--                             data, created_at
--             unread_count    how many there are, no further than 100
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(1), whatever the user has piled up: one statement, each part by an index that
--             begins with the newest, and none looks at more than 100 entries. json and not jsonb,
--             which would sort keys that are only printed: a third of the call's time.
--             random_page_cost is set because the owner's policies look to the planner as if they
--             hid every other row: it would rather sort all of a user's than follow the index.
-- callers:    the web application: rpc('get_dashboard', {p_user_id}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user.

create or replace function public.get_dashboard(p_user_id uuid)
returns json
language plpgsql
stable
security definer
cost 1000
set search_path = ''
set random_page_cost = 1.1
as $$
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the dashboard of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    return json_build_object(
        'strategies', array_to_json(
            array(
                select row_to_json(shown)
                from (
                    select
                        newest.id,
                        newest.name,
                        newest.status,
                        newest.created_at,
                        newest.updated_at,
                        round(stats.sharpe_total / nullif(stats.sharpe_count, 0), 2) as avg_sharpe,
                        round(stats.cagr_total / nullif(stats.cagr_count, 0), 2) as avg_cagr,
                        round(stats.return_total / stats.backtest_count, 2) as avg_return,
                        coalesce(stats.backtest_count, 0) as backtest_count,
                        stats.last_backtest_at
                    from (
                        select strategies.*
                        from public.strategies
                        where strategies.user_id = p_user_id
                        order by strategies.created_at desc, strategies.id desc
                        limit 10
                    ) as newest
                    left join public.strategy_stats as stats
                        on stats.user_id = newest.user_id and stats.strategy_id = newest.id
                    order by newest.created_at desc, newest.id desc
                ) as shown
            )
        ),
        'active_jobs', array_to_json(
            array(
                select row_to_json(active)
                from (
                    select
                        backtest_jobs.id,
                        backtest_jobs.strategy_id,
                        backtest_jobs.status,
                        backtest_jobs.progress,
                        backtest_jobs.error,
                        backtest_jobs.created_at,
                        backtest_jobs.started_at,
                        backtest_jobs.finished_at
                    from public.backtest_jobs
                    where
                        backtest_jobs.user_id = p_user_id
                        and backtest_jobs.status in ('queued', 'running')
                    order by backtest_jobs.created_at desc, backtest_jobs.id desc
                    limit 50
                ) as active
            )
        ),
        'latest_results', array_to_json(
            array(
                select row_to_json(latest)
                from (
                    select
                        backtest_results.id,
                        backtest_results.strategy_id,
                        backtest_results.job_id,
                        backtest_results.total_return,
                        backtest_results.cagr,
                        backtest_results.sharpe_ratio,
                        backtest_results.max_drawdown,
                        backtest_results.win_rate,
                        backtest_results.profit_factor,
                        backtest_results.total_trades,
                        backtest_results.chart_path,
                        backtest_results.created_at
                    from public.backtest_results
                    where backtest_results.user_id = p_user_id
                    order by backtest_results.created_at desc, backtest_results.id desc
                    limit 10
                ) as latest
            )
        ),
        'unread', array_to_json(
            array(
                select row_to_json(latest)
                from (
                    select
                        notifications.id,
                        notifications.kind,
                        notifications.title,
                        notifications.body,
                        notifications.data,
                        notifications.created_at
                    from public.notifications
                    where notifications.user_id = p_user_id and notifications.read_at is null
                    order by notifications.created_at desc, notifications.id desc
                    limit 10
                ) as latest
            )
        ),
        'unread_count', (
            select count(*)
            from (
                select
                from public.notifications
                where notifications.user_id = p_user_id and notifications.read_at is null
                limit 100
            ) as counted
        )
    );
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_dashboard(uuid) owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_dashboard(uuid) from public, anon, authenticated, service_role;
grant execute on function public.get_dashboard(uuid) to authenticated, service_role;

comment on function public.get_dashboard(uuid) is
'The front page of a user: newest strategies, active jobs, latest results, what is unread.';
