set local lock_timeout = '2s';

-- changes: 1 table made, 2 functions made, 1 procedure made, 3 cron jobs made
-- locks:   row exclusive on cron.job and cron.jobid_seq
-- loses:   nothing

-- change:
create table internal.job_watermarks (
    job text not null,
    done_until timestamptz not null,
    updated_at timestamptz not null default now(),
    constraint job_watermarks_pkey primary key (job),
    constraint job_watermarks_job_check check (char_length(job) between 1 and 100)
);

comment on table internal.job_watermarks is
'How far each scheduled job has come: everything up to done_until is done, so that a missed run is '
'caught up with and none is done twice.';
comment on constraint job_watermarks_pkey on internal.job_watermarks is
'global: jobs belong to the house, not to a tenant.';
comment on column internal.job_watermarks.done_until is 'Never moves back.';

-- file: sql/access/internal/job_watermarks.sql
-- purpose:    How far each job has come.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    the routines of jobs; whoever looks after them.

revoke all on internal.job_watermarks
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.job_watermarks enable row level security;
alter table internal.job_watermarks force row level security;

-- file: sql/functions/internal/note_done.sql
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

-- file: sql/functions/internal/beat.sql
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

-- file: sql/functions/internal/purge_job_runs.sql
-- purpose:    Forget runs of jobs older than 30 days; pg_cron itself never does. Runs that never
--             ended, or never began, have no time of their own and go with their neighbours.
-- security:   invoker, as it commits: for migrator, who sees the runs of every role.
-- complexity: O(n) for n runs on record: pg_cron keeps no index over their times; a transaction for
--             each 10,000 that go.
-- callers:    cron job internal.purge_job_runs.
-- overlap:    safe twice and beside itself.

create or replace procedure internal.purge_job_runs(
    p_now timestamptz default now(), inout p_purged bigint default 0
)
language plpgsql
security invoker
as $$
declare
    v_batch constant integer := 10000;
    v_before constant timestamptz := p_now - interval '30 days';
    v_newest bigint;
    v_count bigint;
begin
    select max(job_run_details.runid)
    into v_newest
    from cron.job_run_details
    where coalesce(job_run_details.end_time, job_run_details.start_time) < v_before;
    loop
        with old as materialized (
            select job_run_details.runid
            from cron.job_run_details
            where
                job_run_details.runid <= v_newest
                and coalesce(
                    job_run_details.end_time, job_run_details.start_time, '-infinity'
                ) < v_before
            order by job_run_details.runid
            limit v_batch
        )

        delete from cron.job_run_details
        using old
        where job_run_details.runid = old.runid;
        get diagnostics v_count = row_count;
        p_purged := p_purged + v_count;
        commit;
        exit when v_count < v_batch;
        raise notice '% runs forgotten', p_purged;
    end loop;
    perform internal.note_done('internal.purge_job_runs', p_now);
end;
$$;

grant create on schema internal to hephaitos_internal;
alter procedure internal.purge_job_runs(timestamptz, bigint) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on procedure internal.purge_job_runs(timestamptz, bigint)
from public, anon, authenticated, service_role;

comment on procedure internal.purge_job_runs (timestamptz, bigint) is
'Forgets runs of jobs older than 30 days.';

-- file: sql/cron/internal/beat.sql
-- purpose:    A sign every minute that jobs are run at all.
-- security:   runs as the role that applies migrations.
-- complexity: 1,440 runs a day of one row.
-- callers:    pg_cron; hours are GMT.
-- overlap:    none that matters: the sign never moves back.

select cron.schedule(
    job_name => 'internal.beat',
    schedule => '* * * * *',
    command => 'select internal.beat()'
);

-- file: sql/cron/internal/purge_job_runs.sql
-- purpose:    The record of runs keeps 30 days.
-- security:   runs as the role that applies migrations.
-- complexity: one run a day; internal.purge_job_runs() states the cost of one.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe.

select cron.schedule(
    job_name => 'internal.purge_job_runs',
    schedule => '30 1 * * *',
    command => 'call internal.purge_job_runs()'
);

-- file: sql/cron/internal/purge_messages.sql
-- purpose:    Finished messages are forgotten when their keys have counted long enough.
-- security:   runs as the role that applies migrations.
-- complexity: 24 runs a day, 10,000 messages each at most.
-- callers:    pg_cron; hours are GMT.
-- overlap:    safe: messages that another run holds are left to it.

select cron.schedule(
    job_name => 'internal.purge_messages',
    schedule => '15 * * * *',
    command => 'select internal.purge_messages()'
);
