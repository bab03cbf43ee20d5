-- purpose:    Jobs that begin or end to run take their strategies along. A job of an archived
--             strategy does not begin: it is cancelled.
-- security:   definer: writers of jobs may not write strategies.
-- complexity: one statement for n rows that neither begin nor end; three at most, whatever n is,
--             and a fourth when strategies were archived.
-- callers:    trigger t50_follow_updated on public.backtest_jobs.
-- order:      internal.settle_strategies() locks in the order of ids. Archiving locks a strategy
--             before its jobs and this the other way round: it passes over locked jobs, and
--             they are cancelled here, once the strategy can be seen to be archived.
-- raises:     nothing; the update it may make on its own table finds no job that begins to run.

create or replace function internal.follow_updated_jobs_trigger()
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
        array_agg(new_rows.user_id),
        array_agg(new_rows.strategy_id)
    into v_user_ids, v_strategy_ids
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where (old_rows.status = 'running') <> (new_rows.status = 'running');
    if v_user_ids is null then
        return null;
    end if;

    if internal.settle_strategies(v_user_ids, v_strategy_ids) then
        update public.backtest_jobs
        set status = 'cancelled', finished_at = now()
        from new_rows
        inner join old_rows
            on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
        inner join public.strategies
            on strategies.user_id = new_rows.user_id and strategies.id = new_rows.strategy_id
        where
            backtest_jobs.user_id = new_rows.user_id
            and backtest_jobs.id = new_rows.id
            and backtest_jobs.status = 'running'
            and old_rows.status <> 'running'
            and strategies.status = 'archived';
    end if;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.follow_updated_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.follow_updated_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.follow_updated_jobs_trigger() is
'Takes strategies along when their jobs begin or end to run.';
