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
