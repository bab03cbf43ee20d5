-- purpose:    After how long without activity a running strategy is paused.
-- security:   invoker; a constant.
-- complexity: O(1), no table.
-- callers:    internal.pause_inactive_strategies().

create or replace function internal.get_idle_limit()
returns interval
language sql
immutable
security invoker
begin atomic
    select interval '90 days';
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_idle_limit() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_idle_limit()
from public, anon, authenticated, service_role;

comment on function internal.get_idle_limit() is
'After how long without activity a running strategy is paused.';
