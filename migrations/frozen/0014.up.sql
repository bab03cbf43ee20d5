set local lock_timeout = '2s';

-- changes: 6 columns changed, 3 functions made, 2 policies made
-- locks:   access exclusive on public.backtest_jobs and public.profiles
-- loses:   nothing

-- file: sql/access/public/profiles.sql
-- purpose:    A profile is seen and edited by the user it belongs to.
-- security:   users never write email (the sign-in service owns it) nor plan (billing owns it).
--             hephaitos_api reads the plan, for the caller alone, or for service_role.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.profiles
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.profiles to authenticated;
grant insert (id, display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant update (display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;
grant select (id, plan) on public.profiles to hephaitos_api;

alter table public.profiles enable row level security;
alter table public.profiles force row level security;

drop policy if exists profiles_select_own on public.profiles;
create policy profiles_select_own on public.profiles
for select to authenticated
using (id = (select auth.uid()));

drop policy if exists profiles_insert_own on public.profiles;
create policy profiles_insert_own on public.profiles
for insert to authenticated
with check (id = (select auth.uid()));

drop policy if exists profiles_update_own on public.profiles;
create policy profiles_update_own on public.profiles
for update to authenticated
using (id = (select auth.uid()))
with check (id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists profiles_select_api on public.profiles;
create policy profiles_select_api on public.profiles
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else id = (select auth.uid())
    end
);

-- file: sql/access/public/backtest_jobs.sql
-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
--             hephaitos_api reads and asks for the caller alone, or for service_role, whatever its
--             functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated, hephaitos_api;
grant select, insert, update, delete on public.backtest_jobs to service_role;
grant insert (user_id, strategy_id, config, idempotency_key)
on public.backtest_jobs to hephaitos_api;

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

drop policy if exists backtest_jobs_insert_api on public.backtest_jobs;
create policy backtest_jobs_insert_api on public.backtest_jobs
for insert to hephaitos_api
with check (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);

-- file: sql/functions/internal/find_config_fault.sql
-- purpose:    What is wrong with the config of a backtest, as a sentence; null when nothing is.
--             symbols           1 to 100 different names of 1 to 32 characters
--             start_on          first day, like 2024-01-31, in the years 1900 to 2099
--             end_on            last day, not before the first
--             timeframe         optional: 1m, 5m, 15m, 1h, 4h or 1d
--             initial_capital   optional: above 0, at most 1e12
--             fee_percent       optional: 0 to 10, of what a trade is worth
--             slippage_percent  optional: 0 to 10, of the price
--             parameters        optional: an object, the strategy's own business
--             Nothing else: a misspelt key would be a setting that silently is not there.
-- security:   invoker; looks at its argument only.
-- complexity: O(length), and no more than 16 kB are looked into; no table.
-- callers:    public.create_backtest_job().
-- order:      the first fault counts, so a rule may rely on those above it. A rule that cannot be
--             decided is broken.

create or replace function internal.find_config_fault(p_config jsonb)
returns text
language sql
immutable
security invoker
begin atomic
    with rules (place, holds, fault) as (
        values
        (1, '$.type() == "object"', 'It is not an object.'),
        (
            2,
            '!exists($.keyvalue() ? (!(@.key like_regex "^(symbols|start_on|end_on|timeframe'
            '|initial_capital|fee_percent|slippage_percent|parameters)$")))',
            'It has a key that no backtest knows.'
        ),
        (
            3,
            '$.symbols.type() == "array" && $.symbols.size() >= 1 && $.symbols.size() <= 100',
            'symbols is not a list of 1 to 100.'
        ),
        (
            4,
            -- strict: a list within the list is not taken for what it holds.
            'strict !exists($.symbols[*]'
            ' ? (!(@.type() == "string" && @ like_regex "^.{1,32}$" flag "s")))',
            'symbols holds something else than names of 1 to 32 characters.'
        ),
        (
            5,
            '$.start_on.type() == "string"'
            ' && $.start_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.start_on.datetime("YYYY-MM-DD"))',
            'start_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        ),
        (
            6,
            '$.end_on.type() == "string"'
            ' && $.end_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.end_on.datetime("YYYY-MM-DD"))',
            'end_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        ),
        (
            7,
            '$.start_on.datetime("YYYY-MM-DD") <= $.end_on.datetime("YYYY-MM-DD")',
            'end_on is before start_on.'
        ),
        (
            8,
            '!exists($.timeframe) || $.timeframe.type() == "string"'
            ' && $.timeframe like_regex "^(1m|5m|15m|1h|4h|1d)$"',
            'timeframe is none of 1m, 5m, 15m, 1h, 4h and 1d.'
        ),
        (
            9,
            '!exists($.initial_capital) || $.initial_capital.type() == "number"'
            ' && $.initial_capital > 0 && $.initial_capital <= 1000000000000',
            'initial_capital is not a number above 0 and up to 1e12.'
        ),
        (
            10,
            '!exists($.fee_percent) || $.fee_percent.type() == "number"'
            ' && $.fee_percent >= 0 && $.fee_percent <= 10',
            'fee_percent is not a number from 0 to 10.'
        ),
        (
            11,
            '!exists($.slippage_percent) || $.slippage_percent.type() == "number"'
            ' && $.slippage_percent >= 0 && $.slippage_percent <= 10',
            'slippage_percent is not a number from 0 to 10.'
        ),
        (
            12,
            '!exists($.parameters) || $.parameters.type() == "object"',
            'parameters is not an object.'
        )
    )

    select
        coalesce(
            case
                when octet_length(find_config_fault.p_config::text) > 16384
                    then 'It is longer than 16384 bytes.'
            end,
            (
                select rules.fault
                from rules
                where
                    jsonb_path_match(
                        find_config_fault.p_config, rules.holds::jsonpath, '{}', true
                    ) is distinct from true
                order by rules.place
                limit 1
            ),
            (
                select 'symbols names one of them twice.'
                from
                    jsonb_array_elements(find_config_fault.p_config -> 'symbols')
                        as entries (symbol)
                having count(entries.symbol) > count(distinct entries.symbol)
            )
        );
end;

revoke all on function internal.find_config_fault(jsonb)
from public, anon, authenticated, service_role;
grant execute on function internal.find_config_fault(jsonb) to hephaitos_api;

comment on function internal.find_config_fault(jsonb) is
'What is wrong with the config of a backtest, as a sentence; null when nothing is.';

-- file: sql/functions/internal/get_job_quota.sql
-- purpose:    How many jobs of a user may be queued or running at the same time, by plan.
-- security:   invoker; a constant.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    public.create_backtest_job().

create or replace function internal.get_job_quota(p_plan text)
returns integer
language sql
immutable
security invoker
begin atomic
    select
        case get_job_quota.p_plan
            when 'team' then 50
            when 'pro' then 20
            else 5
        end;
end;

revoke all on function internal.get_job_quota(text) from public, anon, authenticated, service_role;
grant execute on function internal.get_job_quota(text) to hephaitos_api;

comment on function internal.get_job_quota(text) is
'How many jobs of a user may be queued or running at the same time, by plan.';

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
    v_fault text;
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
