-- purpose:    May the caller see and change what belongs to this user? Never null.
-- security:   invoker. service_role counts by the role in force, which a claim cannot forge and a
--             definer function does not change; without an id, nobody is anybody.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    hephaitos_api, first thing in every function that takes a user's id.
-- raises:     22P02 when the caller's claim holds something else than a uuid.

create or replace function internal.can_act_for(p_user_id uuid)
returns boolean
language sql
stable
security invoker
begin atomic
    select
        can_act_for.p_user_id is not null
        and (
            current_setting('role') = 'service_role'
            or can_act_for.p_user_id is not distinct from auth.uid()
        );
end;

revoke all on function internal.can_act_for(uuid) from public, anon, authenticated, service_role;
grant execute on function internal.can_act_for(uuid) to hephaitos_api;

comment on function internal.can_act_for(uuid) is
'True when the caller is this user or service_role; false for null.';
