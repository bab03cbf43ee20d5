set local lock_timeout = '2s';

-- changes: 1 table made, 1 function made, 2 procedures made, 1 cron job made
-- locks:   share row exclusive on public.profiles, row exclusive on cron.job and cron.jobid_seq
-- loses:   nothing

-- change:
create table internal.weekly_digests (
    user_id uuid not null,
    week_on date not null,
    enqueued_at timestamptz not null,
    constraint weekly_digests_pkey primary key (user_id, week_on),
    constraint weekly_digests_user_id_fkey
    foreign key (user_id) references public.profiles (id) on delete cascade,
    constraint weekly_digests_week_on_check check (extract(isodow from week_on) = 1)
);

comment on table internal.weekly_digests is 'Digests that were enqueued: one a user and ISO week.';
comment on column internal.weekly_digests.week_on is 'The Monday on which the week begins.';

-- file: sql/access/internal/weekly_digests.sql
-- purpose:    Which digests were enqueued: a user and a week are told once.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    internal.enqueue_weekly_digests().

revoke all on internal.weekly_digests
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.weekly_digests enable row level security;
alter table internal.weekly_digests force row level security;

-- file: sql/functions/internal/describe_week.sql
-- purpose:    What a user did in a week: backtests, the strategies they were of, the best figures,
--             and strategies that are new.
-- security:   invoker; reads what its caller may read.
-- complexity: O(s log n) for s strategies of the user with n results, by the index of results by
--             strategy and time.
-- callers:    internal.enqueue_weekly_digests().

create or replace function internal.describe_week(
    p_user_id uuid, p_from timestamptz, p_to timestamptz
)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        jsonb_build_object(
            'from', describe_week.p_from,
            'to', describe_week.p_to,
            'backtests', count(results.id),
            'strategies', count(distinct results.strategy_id),
            'best_sharpe', round(max(results.sharpe_ratio), 2),
            'best_return', round(max(results.total_return), 2),
            'new_strategies',
            count(distinct strategies.id) filter (
                where
                strategies.created_at >= describe_week.p_from
                and strategies.created_at < describe_week.p_to
            )
        )
    from public.strategies
    left join public.backtest_results as results
        on
        strategies.user_id = results.user_id
        and strategies.id = results.strategy_id
        and results.created_at >= describe_week.p_from
        and results.created_at < describe_week.p_to
    where strategies.user_id = describe_week.p_user_id;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_week(uuid, timestamptz, timestamptz) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_week(uuid, timestamptz, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.describe_week(uuid, timestamptz, timestamptz) is
'What a user did in a week, as the digest tells it.';

-- file: sql/functions/internal/enqueue_digests_of_week.sql
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

-- file: sql/functions/internal/enqueue_weekly_digests.sql
-- purpose:    One digest a user and ISO week: the week from Monday to Monday by the user's clock,
--             sent on Monday at 09:00 GMT, or when the week is over where the user lives if that
--             is later.
-- security:   invoker, as it commits: for migrator, who is past row security. No role of the API
--             may call it.
-- complexity: O(u) for u users and each week that is not closed, by the primary key; a transaction
--             for each 500 users.
-- callers:    cron job internal.enqueue_weekly_digests.
-- order:      weeks from the watermark on, users by id. A week is closed at noon GMT, when it is
--             over everywhere; missed weeks are caught up with, one digest each.
-- overlap:    safe twice and beside itself: a user and a week are one row.

create or replace procedure internal.enqueue_weekly_digests(
    p_now timestamptz default now(), inout p_enqueued bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_job constant text := 'internal.enqueue_weekly_digests';
    v_week date;
begin
    select (job_watermarks.done_until at time zone 'GMT')::date
    into v_week
    from internal.job_watermarks
    where job_watermarks.job = v_job;
    -- The first run tells of the week that is just over, not of all that came before.
    v_week := coalesce(v_week, date_trunc('week', p_now at time zone 'GMT')::date - 7);

    while (v_week + 7 + time '09:00') at time zone 'GMT' <= p_now loop
        call internal.enqueue_digests_of_week(v_week, p_now, p_enqueued);
        if (v_week + 7 + time '12:00') at time zone 'GMT' <= p_now then
            perform internal.note_done(v_job, (v_week + 7)::timestamp at time zone 'GMT');
            commit;
        end if;
        v_week := v_week + 7;
    end loop;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.enqueue_weekly_digests(timestamptz, bigint) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.enqueue_weekly_digests(timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.enqueue_weekly_digests (timestamptz, bigint) is
'Enqueues one digest a user and ISO week, for every week that is over and was not told yet.';

-- file: sql/cron/internal/enqueue_weekly_digests.sql
-- purpose:    Every user has one digest a week: at 09:00 on Monday, and hourly until noon for those
--             whose Sunday is not over by then.
-- security:   runs as the role that applies migrations.
-- complexity: four runs a week; internal.enqueue_weekly_digests() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: a user and a week are one row.

select cron.schedule(
    job_name => 'internal.enqueue_weekly_digests',
    schedule => '0 9-12 * * 1',
    command => 'call internal.enqueue_weekly_digests()'
);
