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
