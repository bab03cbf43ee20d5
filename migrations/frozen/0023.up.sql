set local lock_timeout = '2s';

-- changes: 1 table made, 2 constraints made, 1 index dropped, 5 indexes made, 1 function made, 4
--          procedures made, 1 cron job made
-- locks:   access exclusive on internal.messages and public.exports, row exclusive on cron.job,
--          cron.jobid_seq and internal.queues
-- loses:   nothing

-- change:
create table internal.storage_deletions
partition of internal.messages for values in ('storage_deletions')
with (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0.05
);

comment on table internal.storage_deletions is
'Files that a worker is to remove through the storage API: SQL would delete the row and leave the '
'file.';

insert into internal.queues (queue) values ('storage_deletions');

-- What has a file past its time, in the order of the clean-up, and what waits for its file to go:
-- rows leave both when they are done with, so neither grows with history.
-- squawk-ignore require-concurrent-index-creation
create index exports_expires_at_user_id_id_idx
on public.exports (expires_at, user_id, id) where status = 'completed';
-- squawk-ignore require-concurrent-index-creation
create index exports_user_id_id_idx
on public.exports (user_id, id) where status = 'expired';
-- squawk-ignore require-concurrent-index-deletion
drop index public.exports_expires_at_idx;

-- file: sql/access/internal/storage_deletions.sql
-- purpose:    Files to remove are written by the functions of queues and by nothing else.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    nobody: a statement addressed to a partition would go around the triggers of queues.

revoke all on internal.storage_deletions
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;

alter table internal.storage_deletions enable row level security;
alter table internal.storage_deletions force row level security;

-- file: sql/functions/internal/describe_removal.sql
-- purpose:    The message that asks a worker to remove the file of an export from storage. SQL may
--             not delete it: the row would go and the file would stay.
-- security:   invoker; builds a value, reads nothing.
-- complexity: O(1).
-- callers:    the procedures behind internal.clean_up_exports().

create or replace function internal.describe_removal(
    p_dedup_key text, p_user_id uuid, p_path text
)
returns jsonb
language sql
immutable
security invoker
begin atomic
    select
        jsonb_build_object(
            'kind', 'remove_file',
            'dedup_key', describe_removal.p_dedup_key,
            'user_id', describe_removal.p_user_id,
            'payload', jsonb_build_object('bucket', 'exports', 'path', describe_removal.p_path)
        );
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_removal(text, uuid, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_removal(text, uuid, text)
from public, anon, authenticated, service_role;

comment on function internal.describe_removal(text, uuid, text) is
'The message that asks a worker to remove the file of an export.';

-- file: sql/functions/internal/expire_exports.sql
-- purpose:    First phase of the clean-up: exports past their time are expired, and the removal of
--             their files is asked for in the same transaction.
-- security:   invoker, a procedure that commits cannot be anything else: for migrator, who is past
--             row security. No role of the API may call it.
-- complexity: O(n log n) for n expired exports, by the index of completed ones; a transaction for
--             each 1,000.
-- callers:    internal.clean_up_exports().
-- order:      oldest expiry first; what somebody else has locked is left to the next run.

create or replace procedure internal.expire_exports(
    p_now timestamptz default now(), inout p_expired bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 1000;
    v_at timestamptz := '-infinity'::timestamptz;
    v_user uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_id uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_messages jsonb;
begin
    loop
        with
        due as materialized (
            select exports.user_id, exports.id, exports.path, exports.expires_at
            from public.exports
            where
                exports.status = 'completed'
                and exports.expires_at <= p_now
                and (exports.expires_at, exports.user_id, exports.id) > (v_at, v_user, v_id)
            order by exports.expires_at, exports.user_id, exports.id
            limit v_batch
            for update skip locked
        ),

        expired as (
            update public.exports
            set status = 'expired'
            from due
            where exports.user_id = due.user_id and exports.id = due.id
        ),

        furthest as (
            select due.expires_at, due.user_id, due.id
            from due
            order by due.expires_at desc, due.user_id desc, due.id desc
            limit 1
        )

        select
            furthest.expires_at,
            furthest.user_id,
            furthest.id,
            (
                select
                    jsonb_agg(
                        internal.describe_removal('export:' || due.id, due.user_id, due.path)
                    )
                from due
            )
        into v_at, v_user, v_id, v_messages
        from furthest;
        exit when not found;
        perform internal.enqueue_messages('storage_deletions', v_messages);
        p_expired := p_expired + jsonb_array_length(v_messages);
        commit;
        raise notice '% exports expired', p_expired;
    end loop;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.expire_exports(timestamptz, bigint) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.expire_exports(timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.expire_exports (timestamptz, bigint) is
'Expires exports past their time and asks for the removal of their files.';

-- file: sql/functions/internal/settle_expired_exports.sql
-- purpose:    Second phase of the clean-up: an expired export whose file is gone is deleted; where
--             the file is still there although its removal was reported, it is asked for again,
--             once a day.
-- security:   invoker, as it commits: for migrator. No role of the API may call it.
-- complexity: O(n log n) for n exports whose files were not removed yet; a transaction for each
--             1,000.
-- callers:    internal.clean_up_exports().
-- order:      by user and export; a removal that is dead stays dead until somebody decides.

create or replace procedure internal.settle_expired_exports(
    p_now timestamptz default now(),
    inout p_deleted bigint default 0,
    inout p_asked_again bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 1000;
    v_user uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_id uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_deleted bigint;
    v_messages jsonb;
begin
    loop
        with
        page as materialized (
            select
                exports.user_id,
                exports.id,
                exports.path,
                exists (
                    select
                    from storage.objects
                    where objects.bucket_id = 'exports' and objects.name = exports.path
                ) as has_file
            from public.exports
            where exports.status = 'expired' and (exports.user_id, exports.id) > (v_user, v_id)
            order by exports.user_id, exports.id
            limit v_batch
            for update of exports skip locked
        ),

        deleted as (
            update public.exports
            set status = 'deleted'
            from page
            where exports.user_id = page.user_id and exports.id = page.id and not page.has_file
            returning exports.id
        ),

        furthest as (
            select page.user_id, page.id
            from page
            order by page.user_id desc, page.id desc
            limit 1
        )

        select
            furthest.user_id,
            furthest.id,
            (select count(*) from deleted),
            (
                select
                    jsonb_agg(
                        internal.describe_removal(
                            format('export:%s:%s', page.id, (p_now at time zone 'GMT')::date),
                            page.user_id,
                            page.path
                        )
                    )
                from page
                where
                    page.has_file
                    and not exists (
                        select
                        from internal.messages
                        where
                            messages.queue = 'storage_deletions'
                            and messages.dedup_key = 'export:' || page.id
                            and messages.state <> 'done'
                    )
            )
        into v_user, v_id, v_deleted, v_messages
        from furthest;
        exit when not found;
        p_deleted := p_deleted + v_deleted;
        if v_messages is not null then
            p_asked_again := p_asked_again
            + internal.enqueue_messages('storage_deletions', v_messages);
        end if;
        commit;
        raise notice '% exports deleted, % removals asked for again', p_deleted, p_asked_again;
    end loop;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.settle_expired_exports(timestamptz, bigint, bigint)
owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.settle_expired_exports(timestamptz, bigint, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.settle_expired_exports (timestamptz, bigint, bigint) is
'Deletes expired exports whose files are gone; asks again for what was not removed.';

-- file: sql/functions/internal/enqueue_orphaned_files.sql
-- purpose:    Reconcile: files in the bucket of exports that no export knows, because its user was
--             deleted with everything of theirs, are to be removed too.
-- security:   invoker, as it commits: for migrator, who may read storage. No role of the API may
--             call it.
-- complexity: O(n log n) for n files in the bucket; a transaction for each 1,000.
-- callers:    internal.clean_up_exports().
-- order:      by name. A file younger than a day may be of an export that is still being made.

create or replace procedure internal.enqueue_orphaned_files(
    p_now timestamptz default now(), inout p_orphaned bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 1000;
    v_uuid constant text := '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';
    v_name text := '';
    v_messages jsonb;
begin
    loop
        with
        page as materialized (
            select objects.id, objects.name, objects.created_at
            from storage.objects
            where objects.bucket_id = 'exports' and objects.name > v_name
            order by objects.name
            limit v_batch
        ),

        orphan as (
            select page.id, page.name
            from page
            where
                page.created_at < p_now - interval '1 day'
                and not exists (
                    select
                    from public.exports
                    where
                        -- Files lie in their user's folder, and paths are found by user.
                        exports.user_id
                        = case
                            when split_part(page.name, '/', 1) ~ v_uuid
                                then split_part(page.name, '/', 1)::uuid
                        end
                        and exports.path = page.name
                )
        )

        select
            (select max(page.name) from page),
            (
                select
                    jsonb_agg(
                        internal.describe_removal('orphan:' || orphan.id, null, orphan.name)
                    )
                from orphan
            )
        into v_name, v_messages;
        exit when v_name is null;
        if v_messages is not null then
            p_orphaned := p_orphaned
            + internal.enqueue_messages('storage_deletions', v_messages);
        end if;
        commit;
        raise notice '% files without an export', p_orphaned;
    end loop;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.enqueue_orphaned_files(timestamptz, bigint) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.enqueue_orphaned_files(timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.enqueue_orphaned_files (timestamptz, bigint) is
'Asks for the removal of files in the bucket of exports that no export knows.';

-- file: sql/functions/internal/clean_up_exports.sql
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

-- file: sql/cron/internal/clean_up_exports.sql
-- purpose:    Exports past their time go, and their files with them, every day.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.clean_up_exports() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: rows that another run holds are left to it.

select cron.schedule(
    job_name => 'internal.clean_up_exports',
    schedule => '0 3 * * *',
    command => 'call internal.clean_up_exports()'
);
