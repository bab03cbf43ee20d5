-- purpose:    Undo pauses: strategies that internal.pause_inactive_strategies() paused since then
--             run again, of one user or of all, unless somebody has changed them in between.
-- security:   invoker: for migrator. No role of the API may call it; users resume their own.
-- complexity: O(n) for n pauses since that moment, by index.
-- callers:    whoever operates the database.

create or replace function internal.resume_paused_strategies(
    p_paused_since timestamptz, p_user_id uuid default null
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_resumed bigint;
begin
    with
    undone as (
        update internal.strategy_pauses
        set resumed_at = now()
        from public.strategies
        where
            strategy_pauses.paused_at >= p_paused_since
            and strategy_pauses.resumed_at is null
            and (p_user_id is null or strategy_pauses.user_id = p_user_id)
            and strategies.user_id = strategy_pauses.user_id
            and strategies.id = strategy_pauses.strategy_id
            and strategies.status = 'paused'
        returning strategy_pauses.user_id, strategy_pauses.strategy_id
    )

    update public.strategies
    set status = 'running', last_activity_at = now()
    from undone
    where strategies.user_id = undone.user_id and strategies.id = undone.strategy_id;
    get diagnostics v_resumed = row_count;
    return v_resumed;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.resume_paused_strategies(timestamptz, uuid) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.resume_paused_strategies(timestamptz, uuid)
from public, anon, authenticated, service_role;

comment on function internal.resume_paused_strategies(timestamptz, uuid) is
'Undoes the pauses of inactive strategies since a moment; answers how many run again.';
