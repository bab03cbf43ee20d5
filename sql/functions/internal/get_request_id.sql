-- purpose:    In which request a statement runs, as whoever sent it named it; null outside one.
-- security:   invoker; reads settings of the session.
-- complexity: one expression, no table; inlined into the expression that asks.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when the headers are no JSON.

create or replace function internal.get_request_id()
returns text
language sql
stable
security invoker
begin atomic
    select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id';
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_request_id() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_request_id()
from public, anon, authenticated, service_role;

comment on function internal.get_request_id() is
'The x-request-id of the request; null outside one.';
