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
    -- The first run tells of the week that is just over, not of all that came before. It notes so:
    -- where runs begin must not depend on which of them is missed.
    if v_week is null then
        v_week := date_trunc('week', p_now at time zone 'GMT')::date - 7;
        perform internal.note_done(v_job, v_week::timestamp at time zone 'GMT');
        commit;
    end if;

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
