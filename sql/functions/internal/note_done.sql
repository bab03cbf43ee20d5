-- purpose:    Move a job's watermark: everything up to a moment is done. It never moves back.
-- security:   invoker; no role of the API may call it.
-- complexity: O(1), one row.
-- callers:    routines of jobs, in the transaction that did the rest.

create or replace function internal.note_done(p_job text, p_until timestamptz)
returns timestamptz
language sql
volatile
security invoker
begin atomic
    insert into internal.job_watermarks (job, done_until)
    values (note_done.p_job, note_done.p_until)
    on conflict (job) do update
        set
            done_until = greatest(job_watermarks.done_until, excluded.done_until),
            updated_at = now()
    returning done_until;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.note_done(text, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.note_done(text, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.note_done(text, timestamptz) is
'Moves the watermark of a job, never back; answers where it is.';
