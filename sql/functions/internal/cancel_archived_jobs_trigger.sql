-- purpose:    Jobs that wait for an archived strategy are cancelled with it. Running ones go on:
--             whoever runs them ends them.
-- security:   definer: users may archive their strategies, but not write jobs.
-- complexity: one statement for n rows of which none was archived; otherwise two.
-- callers:    trigger t50_cancel_archived on public.strategies.
-- order:      locks jobs by (user_id, id), and passes over those that somebody is about to begin:
--             they hold their job and wait for our strategy. internal.follow_updated_jobs_trigger()
--             cancels them as soon as it has it.

create or replace function internal.cancel_archived_jobs_trigger()
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
        array_agg(new_rows.id)
    into v_user_ids, v_strategy_ids
    from new_rows
    inner join old_rows
        on old_rows.user_id = new_rows.user_id and old_rows.id = new_rows.id
    where new_rows.status = 'archived' and old_rows.status <> 'archived';
    if v_user_ids is null then
        return null;
    end if;

    with waiting as materialized (
        select
            backtest_jobs.user_id,
            backtest_jobs.id
        from public.backtest_jobs
        where
            backtest_jobs.status = 'queued'
            and (backtest_jobs.user_id, backtest_jobs.strategy_id) in (
                select
                    archived.user_id,
                    archived.strategy_id
                from unnest(v_user_ids, v_strategy_ids) as archived (user_id, strategy_id)
            )
        order by backtest_jobs.user_id, backtest_jobs.id
        for no key update skip locked
    )
    update public.backtest_jobs
    set status = 'cancelled', finished_at = now()
    from waiting
    where backtest_jobs.user_id = waiting.user_id and backtest_jobs.id = waiting.id;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.cancel_archived_jobs_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.cancel_archived_jobs_trigger()
from public, anon, authenticated, service_role;

comment on function internal.cancel_archived_jobs_trigger() is
'Cancels the queued jobs of strategies that were archived.';
