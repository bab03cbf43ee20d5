-- purpose:    Stamp a changed row; updated_at never moves backwards.
-- security:   invoker; touches only the row at hand.
-- complexity: O(1) per row, no statement.
-- callers:    triggers t30_derive_updated_at.

create or replace function internal.set_updated_at_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- A transaction that began earlier may well write later.
    new.updated_at := greatest(old.updated_at, now());
    return new;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.set_updated_at_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.set_updated_at_trigger()
from public, anon, authenticated, service_role;

comment on function internal.set_updated_at_trigger() is
'Sets updated_at of a changed row to the time of the transaction, never backwards.';
