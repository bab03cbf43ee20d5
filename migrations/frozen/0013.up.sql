set local lock_timeout = '2s';

-- changes: 2 tables changed, 1 index dropped, 3 functions made, 2 policies made
-- locks:   access exclusive on public.backtest_jobs and public.backtest_results
-- loses:   nothing

-- change:
-- Its columns are the first ones of backtest_results_user_id_strategy_id_created_at_id_idx.
-- squawk-ignore require-concurrent-index-deletion
drop index public.backtest_results_user_id_strategy_id_created_at_idx;

-- file: sql/access/public/backtest_jobs.sql
-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated, hephaitos_api;
grant select, insert, update, delete on public.backtest_jobs to service_role;

alter table public.backtest_jobs enable row level security;
alter table public.backtest_jobs force row level security;

drop policy if exists backtest_jobs_select_own on public.backtest_jobs;
create policy backtest_jobs_select_own on public.backtest_jobs
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists backtest_jobs_select_api on public.backtest_jobs;
create policy backtest_jobs_select_api on public.backtest_jobs
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- file: sql/access/public/backtest_results.sql
-- purpose:    A user reads the results of their backtests; services write them.
-- security:   users only read, so that nobody can invent a figure that the ranking shows.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated, hephaitos_api and hephaitos_internal through policies;
--             service_role past them.

revoke all on public.backtest_results
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_results to authenticated;
grant select, insert, update, delete on public.backtest_results to service_role;
grant select on public.backtest_results to hephaitos_api, hephaitos_internal;

alter table public.backtest_results enable row level security;
alter table public.backtest_results force row level security;

drop policy if exists backtest_results_select_own on public.backtest_results;
create policy backtest_results_select_own on public.backtest_results
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists backtest_results_select_api on public.backtest_results;
create policy backtest_results_select_api on public.backtest_results
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- The triggers that keep strategy_stats serve every writer, so they see every row.
drop policy if exists backtest_results_select_internal on public.backtest_results;
create policy backtest_results_select_internal on public.backtest_results
for select to hephaitos_internal
using (true);

-- file: sql/functions/internal/describe_job.sql
-- purpose:    A job as the API shows it, without its config: id, strategy_id, status, progress,
--             error, created_at, started_at, finished_at.
-- security:   invoker; looks at the row at hand only.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    hephaitos_api, wherever a function answers with jobs.

create or replace function internal.describe_job(p_job public.backtest_jobs)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        jsonb_build_object(
            'id', (describe_job.p_job).id,
            'strategy_id', (describe_job.p_job).strategy_id,
            'status', (describe_job.p_job).status,
            'progress', (describe_job.p_job).progress,
            'error', (describe_job.p_job).error,
            'created_at', (describe_job.p_job).created_at,
            'started_at', (describe_job.p_job).started_at,
            'finished_at', (describe_job.p_job).finished_at
        );
end;

revoke all on function internal.describe_job(public.backtest_jobs)
from public, anon, authenticated, service_role;
grant execute on function internal.describe_job(public.backtest_jobs) to hephaitos_api;

comment on function internal.describe_job(public.backtest_jobs) is
'A job as the API shows it, without its config.';

-- file: sql/functions/internal/describe_result.sql
-- purpose:    A result as the API shows it, without its equity curve: id, strategy_id, job_id,
--             total_return, cagr, sharpe_ratio, max_drawdown, win_rate, profit_factor,
--             total_trades, chart_path, created_at.
-- security:   invoker; looks at the row at hand only.
-- complexity: O(1), no table; inlined into the statement that asks, so that the equity curve is
--             never fetched.
-- callers:    hephaitos_api, wherever a function answers with results.

create or replace function internal.describe_result(p_result public.backtest_results)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        jsonb_build_object(
            'id', (describe_result.p_result).id,
            'strategy_id', (describe_result.p_result).strategy_id,
            'job_id', (describe_result.p_result).job_id,
            'total_return', (describe_result.p_result).total_return,
            'cagr', (describe_result.p_result).cagr,
            'sharpe_ratio', (describe_result.p_result).sharpe_ratio,
            'max_drawdown', (describe_result.p_result).max_drawdown,
            'win_rate', (describe_result.p_result).win_rate,
            'profit_factor', (describe_result.p_result).profit_factor,
            'total_trades', (describe_result.p_result).total_trades,
            'chart_path', (describe_result.p_result).chart_path,
            'created_at', (describe_result.p_result).created_at
        );
end;

revoke all on function internal.describe_result(public.backtest_results)
from public, anon, authenticated, service_role;
grant execute on function internal.describe_result(public.backtest_results) to hephaitos_api;

comment on function internal.describe_result(public.backtest_results) is
'A result as the API shows it, without its equity curve.';

-- file: sql/functions/public/get_strategy_detail.sql
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
    v_detail jsonb;
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
            'latest_results', results.listed,
            'active_jobs', jobs.listed
        )
    into v_detail
    from public.strategies
    left join public.strategy_stats as stats
        on stats.user_id = strategies.user_id and stats.strategy_id = strategies.id
    cross join lateral (
        select
            coalesce(
                jsonb_agg(latest.shown order by latest.created_at desc, latest.id desc), '[]'
            )
        from (
            select
                backtest_results.created_at,
                backtest_results.id,
                internal.describe_result(backtest_results) as shown
            from public.backtest_results
            where
                backtest_results.user_id = strategies.user_id
                and backtest_results.strategy_id = strategies.id
            order by backtest_results.created_at desc, backtest_results.id desc
            limit 10
        ) as latest
    ) as results (listed)
    cross join lateral (
        select
            coalesce(
                jsonb_agg(active.shown order by active.created_at desc, active.id desc), '[]'
            )
        from (
            select
                backtest_jobs.created_at,
                backtest_jobs.id,
                internal.describe_job(backtest_jobs) as shown
            from public.backtest_jobs
            where
                backtest_jobs.user_id = strategies.user_id
                and backtest_jobs.strategy_id = strategies.id
                and backtest_jobs.status in ('queued', 'running')
            order by backtest_jobs.created_at desc, backtest_jobs.id desc
            limit 50
        ) as active
    ) as jobs (listed)
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
