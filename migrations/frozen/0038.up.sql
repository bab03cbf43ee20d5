set local lock_timeout = '2s';

-- changes: 3 functions changed
-- locks:   none
-- loses:   nothing

-- file: sql/functions/public/create_backtest_job.sql
-- purpose:    Ask for a backtest of a strategy. The answer is the job, as internal.describe_job()
--             shows it. With p_idempotency_key, the same request is one job, however often and from
--             however many places at once it is sent, and the answer is that job as it is by now.
-- security:   definer: users may not write jobs themselves, since a job costs money. The caller is
--             the user asked for, or service_role; the owner's policies hold the same line once
--             more.
-- complexity: O(1), whatever the number of jobs that have ended: two statements for a job that is
--             made, four at most for any other answer, each by an index.
--             internal.find_config_fault() tells what it costs.
-- callers:    the web application: rpc('create_backtest_job', {p_user_id, p_strategy_id, …}).
-- order:      callers for one user wait for each other, so that none of them misses a job of
--             another in its count; callers for different users do not.
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user;
--             22023 for a config or a key that cannot be used; PT409 when the key was used for
--             another request; PT404, the same for a foreign, an absent, a deleted and a null
--             strategy; PT429 when as many jobs are under way as the user's plan allows.

create or replace function public.create_backtest_job(
    p_user_id uuid,
    p_strategy_id uuid,
    p_config jsonb,
    p_idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
cost 1000
set search_path = ''
as $$
declare
    v_fault pg_catalog.text;
    v_quota integer;
    v_job public.backtest_jobs;
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the backtests of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;
    v_fault := internal.find_config_fault(p_config);
    if v_fault is not null then
        raise exception 'the config of this backtest cannot be used'
            using errcode = 'invalid_parameter_value',
                  detail = v_fault,
                  hint = 'Correct the config, then ask again.';
    end if;
    if char_length(p_idempotency_key) not between 1 and 200 then
        raise exception 'this idempotency key cannot be used'
            using errcode = 'invalid_parameter_value',
                  detail = 'It is empty or longer than 200 characters.',
                  hint = 'Pass a key that is made anew for each request, such as a uuid.';
    end if;
    -- At a higher level nobody sees what was committed while they waited for the lock.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'jobs can be created under read committed only'
            using errcode = 'feature_not_supported',
                  detail = 'The transaction has another isolation level.',
                  hint = 'Begin the transaction with isolation level read committed.';
    end if;

    perform pg_advisory_xact_lock(hashtextextended('backtest_jobs of ' || p_user_id, 0));
    begin
        insert into public.backtest_jobs (user_id, strategy_id, config, idempotency_key)
        select strategies.user_id, strategies.id, p_config, p_idempotency_key
        from public.strategies
        inner join public.profiles on profiles.id = strategies.user_id
        where
            strategies.user_id = p_user_id
            and strategies.id = p_strategy_id
            and internal.get_job_quota(profiles.plan) > (
                select count(*)
                from public.backtest_jobs
                where
                    backtest_jobs.user_id = p_user_id
                    and backtest_jobs.status in ('queued', 'running')
            )
        on conflict (user_id, idempotency_key) do nothing
        returning backtest_jobs.* into v_job;
    exception
        -- The strategy was deleted meanwhile; whoever looks again does not find it.
        when foreign_key_violation then null;
    end;
    if v_job.id is not null then
        return internal.describe_job(v_job);
    end if;

    -- Statements of their own: the one that found the key taken cannot see the job that has it.
    select internal.get_job_quota(profiles.plan) into v_quota
    from public.strategies
    inner join public.profiles on profiles.id = strategies.user_id
    where strategies.user_id = p_user_id and strategies.id = p_strategy_id;
    if not found then
        raise exception 'this user has no such strategy'
            using errcode = 'PT404',
                  detail = 'No strategy of the user has the id that was passed.',
                  hint = 'Pass the id of a strategy in the user''s list.';
    end if;
    select backtest_jobs.* into v_job
    from public.backtest_jobs
    where
        backtest_jobs.user_id = p_user_id
        and backtest_jobs.idempotency_key = p_idempotency_key;
    if not found then
        raise exception 'too many backtests of this user are under way'
            using errcode = 'PT429',
                  detail = format('The plan allows %s to be queued or running.', v_quota),
                  hint = 'Ask again when one of them has ended.';
    end if;
    if (v_job.strategy_id, v_job.config) <> (p_strategy_id, p_config) then
        raise exception 'this idempotency key was used for another request'
            using errcode = 'PT409',
                  detail = 'A job of the user has the key, and another strategy or config.',
                  hint = 'Pass a key that is made anew for each request, such as a uuid.';
    end if;
    return internal.describe_job(v_job);
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.create_backtest_job(uuid, uuid, jsonb, text) owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.create_backtest_job(uuid, uuid, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function public.create_backtest_job(uuid, uuid, jsonb, text)
to authenticated, service_role;

comment on function public.create_backtest_job(uuid, uuid, jsonb, text) is
'Asks for a backtest, once however often the same request is sent; answers with the job.';

-- file: sql/functions/public/get_dashboard.sql
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
