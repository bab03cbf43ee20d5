-- purpose:    Is the caller a user, or service_role? Never null.
-- security:   invoker. service_role counts by the role in force, which a claim cannot forge and a
--             definer function does not change.
-- complexity: O(1), no table; inlined into the statement that asks.
-- callers:    hephaitos_internal, first thing in every function that tells all users the same.
-- raises:     22P02 when the caller's claim holds something else than a uuid.

create or replace function internal.is_signed_in()
returns boolean
language sql
stable
security invoker
begin atomic
    select current_setting('role') = 'service_role' or auth.uid() is not null;
end;

revoke all on function internal.is_signed_in() from public, anon, authenticated, service_role;
grant execute on function internal.is_signed_in() to hephaitos_internal;

comment on function internal.is_signed_in() is
'True when the caller is a user or service_role.';
