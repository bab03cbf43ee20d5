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
