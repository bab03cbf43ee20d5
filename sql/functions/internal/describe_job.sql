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
