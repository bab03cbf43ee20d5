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
