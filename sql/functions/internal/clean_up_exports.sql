-- purpose:    Clean up exports older than their time: expire them and ask for the removal of their
--             files, delete those whose files are gone, and ask for files that nobody knows.
-- security:   invoker, as what it calls commits: for migrator. No role of the API may call it.
-- complexity: that of its three steps; what is still there is its watermark, so a missed day is
--             caught up with.
-- callers:    cron job internal.clean_up_exports.
-- overlap:    safe twice and beside itself: rows that another run holds are left to it.

create or replace procedure internal.clean_up_exports(
    p_now timestamptz default now(),
    inout p_expired bigint default 0,
    inout p_deleted bigint default 0,
    inout p_asked_again bigint default 0,
    inout p_orphaned bigint default 0
)
language plpgsql
security invoker
as $$
begin
    call internal.expire_exports(p_now, p_expired);
    call internal.settle_expired_exports(p_now, p_deleted, p_asked_again);
    call internal.enqueue_orphaned_files(p_now, p_orphaned);
    perform internal.note_done('internal.clean_up_exports', p_now);
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.clean_up_exports(timestamptz, bigint, bigint, bigint, bigint)
owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.clean_up_exports(timestamptz, bigint, bigint, bigint, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.clean_up_exports (timestamptz, bigint, bigint, bigint, bigint) is
'Expires exports, has their files removed, and reconciles both with storage.';
