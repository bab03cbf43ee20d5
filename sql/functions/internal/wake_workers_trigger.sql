-- purpose:    Tell waiting workers that there is something to do, at the commit of who enqueued it.
-- security:   invoker; an empty word on a channel, nothing of the message.
-- complexity: O(1): Postgres sends equal words of one transaction once. A commit that sends holds a
--             lock of the whole server for its length, so it is one per statement, never per row.
-- callers:    trigger t90_wake_workers on internal.messages.

create or replace function internal.wake_workers_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    perform pg_notify('hephaitos_messages', '');
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.wake_workers_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.wake_workers_trigger()
from public, anon, authenticated, service_role;

comment on function internal.wake_workers_trigger() is
'Notifies channel hephaitos_messages, on which workers listen.';
