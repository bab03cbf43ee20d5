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
