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
