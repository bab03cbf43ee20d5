set local lock_timeout = '2s';

-- changes: 1 function made, 1 trigger made
-- locks:   share row exclusive on public.notifications
-- loses:   nothing

-- file: sql/functions/internal/set_read_at_trigger.sql
-- purpose:    Say by our clock when a notification was read: those of users' devices are wrong.
-- security:   invoker; touches only the row at hand.
-- complexity: O(1) per row, no statement.
-- callers:    trigger t30_derive_read_at on public.notifications.

create or replace function internal.set_read_at_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- A transaction that began earlier may well read what a later one wrote.
    new.read_at := greatest(new.created_at, now());
    return new;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.set_read_at_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.set_read_at_trigger()
from public, anon, authenticated, service_role;

comment on function internal.set_read_at_trigger() is
'Sets read_at of a notification that was just read to the time of the transaction.';

-- file: sql/triggers/public/notifications.t30_derive_read_at.sql
-- purpose:    read_at says by our clock when a notification was read.
-- security:   internal.set_read_at_trigger() runs as whoever writes.
-- complexity: O(1) per row that was just read; not called for others.
-- callers:    any update of read_at on public.notifications.
-- order:      rank 30, after validation (10).

create or replace trigger t30_derive_read_at
before update of read_at on public.notifications
for each row
when (new.read_at is not null and new.read_at is distinct from old.read_at)
execute function internal.set_read_at_trigger();
