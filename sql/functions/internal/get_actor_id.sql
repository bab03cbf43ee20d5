-- purpose:    Who acts, as far as the request says; null outside one, and for a service that calls
--             itself by something else than a uuid.
-- security:   invoker; reads settings of the session. Claims are data: they say who acts, and open
--             nothing.
-- complexity: one expression, no table; inlined into the expression that asks.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when claims are no JSON.

create or replace function internal.get_actor_id()
returns uuid
language sql
stable
security invoker
begin atomic
    select
        substring(
            coalesce(
                nullif(current_setting('request.jwt.claim.sub', true), ''),
                nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
            )
            from '(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        )::uuid;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_actor_id() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_actor_id()
from public, anon, authenticated, service_role;

comment on function internal.get_actor_id() is
'Who acts, from the claims of the request; null where they name nobody.';
