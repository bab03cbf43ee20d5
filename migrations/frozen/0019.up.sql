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
-- complexity: O(1): four statements at most, each by an index, whatever the number of jobs that
--             have ended. internal.find_config_fault() tells what it costs.
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
    v_active bigint;
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
    select
        internal.get_job_quota(profiles.plan),
        (
            select count(*)
            from public.backtest_jobs
            where
                backtest_jobs.user_id = p_user_id
                and backtest_jobs.status in ('queued', 'running')
        )
    into v_quota, v_active
    from public.strategies
    inner join public.profiles on profiles.id = strategies.user_id
    where strategies.user_id = p_user_id and strategies.id = p_strategy_id;

    if found then
        begin
            insert into public.backtest_jobs (user_id, strategy_id, config, idempotency_key)
            select p_user_id, p_strategy_id, p_config, p_idempotency_key
            where v_active < v_quota
            on conflict (user_id, idempotency_key) do nothing
            returning backtest_jobs.* into v_job;
        exception
            when foreign_key_violation then
                v_quota := null;
        end;
    end if;
    if v_quota is null then
        raise exception 'this user has no such strategy'
            using errcode = 'PT404',
                  detail = 'No strategy of the user has the id that was passed.',
                  hint = 'Pass the id of a strategy in the user''s list.';
    end if;
    if v_job.id is not null then
        return internal.describe_job(v_job);
    end if;

    -- A statement of its own: the one that found the key taken cannot see the job that has it.
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
    if (v_job.strategy_id, v_job.config) is distinct from (p_strategy_id, p_config) then
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

-- file: sql/functions/public/get_backtest_result_with_trades.sql
-- purpose:    One result with a page of its trades, in the order they were executed. Keys:
--             result        as internal.describe_result() shows it, and equity_curve; null on
--                           later pages, which have it already
--             trades        trade_no, symbol, side, quantity, price, fee, pnl, executed_at
--             next_trade_no what to pass as p_after_trade_no for the next page; null at the end
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(page), whatever the number of trades: one statement, both parts by primary key.
-- callers:    the web application: rpc('get_backtest_result_with_trades', {p_backtest_id, …}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user;
--             PT404, the same for a foreign, an absent, a deleted and a null result.
--             p_limit is taken to be from 1 to 1000, p_after_trade_no to be 0 at least.

create or replace function public.get_backtest_result_with_trades(
    p_backtest_id uuid,
    p_user_id uuid,
    p_limit integer default 200,
    p_after_trade_no integer default 0
)
returns jsonb
language plpgsql
stable
security definer
cost 1000
set search_path = ''
as $$
declare
    v_limit integer := least(greatest(coalesce(p_limit, 200), 1), 1000);
    v_after integer := greatest(coalesce(p_after_trade_no, 0), 0);
    v_answer pg_catalog.jsonb;
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the backtests of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    select
        jsonb_build_object(
            'result', case
                when v_after = 0
                    then
                        internal.describe_result(backtest_results)
                        || jsonb_build_object('equity_curve', backtest_results.equity_curve)
            end,
            'trades', page.listed,
            'next_trade_no', case when page.has_more then page.last_trade_no end
        )
    into v_answer
    from public.backtest_results
    cross join lateral (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'trade_no', numbered.trade_no,
                        'symbol', numbered.symbol,
                        'side', numbered.side,
                        'quantity', numbered.quantity,
                        'price', numbered.price,
                        'fee', numbered.fee,
                        'pnl', numbered.pnl,
                        'executed_at', numbered.executed_at
                    )
                    order by numbered.trade_no
                ) filter (where numbered.place <= v_limit),
                '[]'
            ),
            max(numbered.trade_no) filter (where numbered.place <= v_limit),
            count(*) > v_limit
        from (
            select
                trades.*,
                row_number() over (order by trades.trade_no) as place
            from public.trades
            where
                trades.user_id = backtest_results.user_id
                and trades.backtest_id = backtest_results.id
                and trades.trade_no > v_after
            order by trades.trade_no
            -- One more than is shown tells whether there is a next page.
            limit v_limit + 1
        ) as numbered
    ) as page (listed, last_trade_no, has_more)
    where backtest_results.user_id = p_user_id and backtest_results.id = p_backtest_id;

    if not found then
        raise exception 'this user has no such backtest result'
            using errcode = 'PT404',
                  detail = 'No result of the user has the id that was passed.',
                  hint = 'Pass the id of a result in one of the user''s strategies.';
    end if;
    return v_answer;
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
to authenticated, service_role;

comment on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer) is
'One result, and a page of its trades in the order of execution.';

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
