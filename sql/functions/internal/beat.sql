-- purpose:    Leave a sign that jobs are run: the simplest check of the whole chain.
-- security:   invoker; no role of the API may call it.
-- complexity: O(1), one row.
-- callers:    cron job internal.beat.

create or replace function internal.beat(p_now timestamptz default now())
returns timestamptz
language sql
volatile
security invoker
begin atomic
    select internal.note_done('internal.beat', beat.p_now);
end;

grant create on schema internal to hephaitos_internal;
alter function internal.beat(timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.beat(timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.beat(timestamptz) is
'Writes down that jobs are run; answers until when they surely were.';
