-- purpose:    A running job that is deleted takes its strategy back where it was.
-- security:   definer: who deletes jobs may not write strategies.
-- complexity: one statement for n rows of which none is running; three otherwise.
-- callers:    trigger t50_follow_deleted on public.backtest_jobs. Strategies that go with jobs
--             are not there any more, and nothing is done.
-- order:      internal.settle_strategies() locks in the order of ids.

create or replace function internal.follow_deleted_jobs_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user_ids pg_catalog.uuid[];
    v_strategy_ids pg_catalog.uuid[];
begin
    select
        array_agg(old_rows.user_id),
        array_agg(old_rows.strategy_id)
    into v_user_ids, v_strategy_ids
    from old_rows
    where old_rows.status = 'running';
    if v_user_ids is not null then
        perform internal.settle_strategies(v_user_ids, v_strategy_ids);
    end if;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.follow_deleted_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.follow_deleted_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.follow_deleted_jobs_trigger() is
'Takes strategies back where they were when their running jobs are deleted.';
