-- purpose:    The digests of one ISO week, for users who want one and whose week is over.
-- security:   invoker, as it commits: for migrator. No role of the API may call it.
-- complexity: O(u) for u users, by the primary key; a transaction for each 500.
-- callers:    internal.enqueue_weekly_digests().
-- order:      by user, so that two runs wait for each other instead of deadlocking.

create or replace procedure internal.enqueue_digests_of_week(
    p_week date, p_now timestamptz, inout p_enqueued bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 500;
    v_last uuid := '00000000-0000-0000-0000-000000000000'::uuid;
    v_page uuid[];
    v_messages jsonb;
begin
    loop
        v_page := array(
            select profiles.id
            from public.profiles
            where profiles.id > v_last
            order by profiles.id
            limit v_batch
        );
        exit when v_page = '{}';
        v_last := v_page[array_upper(v_page, 1)];

        with
        due as (
            select
                profiles.id as user_id,
                p_week::timestamp at time zone profiles.time_zone as began_at,
                (p_week + 7)::timestamp at time zone profiles.time_zone as ended_at
            from public.profiles
            where profiles.id = any (v_page) and not profiles.digest_opt_out
        ),

        told as (
            insert into internal.weekly_digests (user_id, week_on, enqueued_at)
            select due.user_id, p_week, p_now
            from due
            inner join public.profiles
                on due.user_id = profiles.id
            where due.ended_at <= p_now and profiles.created_at < due.ended_at
            order by due.user_id
            on conflict do nothing
            returning weekly_digests.user_id
        )

        select
            jsonb_agg(
                jsonb_build_object(
                    'kind', 'weekly_digest',
                    'dedup_key',
                    format('weekly_digest:%s:%s', told.user_id, to_char(p_week, 'IYYY-"W"IW')),
                    'user_id', told.user_id,
                    'payload',
                    internal.describe_week(told.user_id, due.began_at, due.ended_at)
                    || jsonb_build_object('week', to_char(p_week, 'IYYY-"W"IW'))
                )
                order by told.user_id
            )
        into v_messages
        from told
        inner join due
            on told.user_id = due.user_id;
        if v_messages is not null then
            p_enqueued := p_enqueued + internal.enqueue_messages('notifications', v_messages);
        end if;
        commit;
        raise notice 'week %: % digests', to_char(p_week, 'IYYY-"W"IW'), p_enqueued;
    end loop;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.enqueue_digests_of_week(date, timestamptz, bigint)
owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.enqueue_digests_of_week(date, timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.enqueue_digests_of_week (date, timestamptz, bigint) is
'Enqueues the digests of one ISO week for users whose week is over.';
