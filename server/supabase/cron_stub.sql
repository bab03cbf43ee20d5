-- Stands in for: the interface of pg_cron 1.6, for servers that were built without it: jobs are
--                checked, kept, replaced and removed as there, with the same errors and rights.
-- Leaves out:    the launcher: NOTHING EVER RUNS. It is stricter than pg_cron in one way: junk
--                after the fifth field is refused.
-- Runs:          included by 60_cron.sql, never by itself.

create schema cron;
comment on schema cron is 'stub of pg_cron: jobs are checked and kept, nothing ever runs';

create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
    jobid bigint not null default nextval('cron.jobid_seq'),
    schedule text not null,
    command text not null,
    nodename text not null default 'localhost',
    nodeport integer not null default current_setting('port')::integer,
    database text not null default current_database(),
    username text not null default current_user,
    active boolean not null default true,
    jobname text,
    constraint job_pkey primary key (jobid),
    constraint jobname_username_uniq unique (jobname, username)
);

create table cron.job_run_details (
    jobid bigint,
    runid bigint not null default nextval('cron.runid_seq'),
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz,
    constraint job_run_details_pkey primary key (runid)
);

alter sequence cron.jobid_seq owned by cron.job.jobid;
alter sequence cron.runid_seq owned by cron.job_run_details.runid;

alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details
using (username = current_user);

grant select on table cron.job to public;
grant select, delete on table cron.job_run_details to public;
grant select on sequence cron.jobid_seq, cron.runid_seq to public;

create function cron.stub_accepts(schedule text)
returns boolean
language sql
immutable
security invoker
begin atomic
    with
    field (content, place) as (
        select
            split.content,
            split.place
        from regexp_split_to_table(
            btrim(lower(stub_accepts.schedule), e' \t'), '[ \t]+'
        ) with ordinality as split (content, place)
    ),

    bound (place, lowest, highest, names) as (
        values
        (1, 0, 59, '{}'::text[]),
        (2, 0, 23, '{}'),
        (3, 1, 31, '{}'),
        (4, 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'),
        (5, 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
    ),

    part (place, pieces) as (
        -- pieces: star, first, last, step
        select
            field.place,
            regexp_match(item.content, '^(?:(\*)|(\w{1,3})(?:-(\w{1,3}))?)(?:/(\d{1,3}))?$')
        from field
        cross join regexp_split_to_table(field.content, ',') as item (content)
        where field.place <> 3 or field.content <> '$'
    ),

    number (place, value, step, may_step) as (
        select
            part.place,
            case
                when edge.content ~ '^\d+$' then edge.content::integer
                when edge.content is not null
                    then array_position(bound.names, edge.content) - 1 + bound.lowest
                else bound.lowest
            end,
            part.pieces[4]::integer,
            part.pieces[1] is not null or part.pieces[3] is not null
        from part
        inner join bound on part.place = bound.place
        cross join unnest(part.pieces[2:3] || array[null]::text[]) as edge (content)
    )

    select
        lower(stub_accepts.schedule) ~ '^ *([1-9]|[1-5][0-9]) +seconds? *$'
        or btrim(stub_accepts.schedule, e' \t') in (
            '@reboot', '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight',
            '@hourly'
        )
        or (
            (select count(*) from field) = 5
            and not exists (select from part where part.pieces is null)
            and not exists (
                select
                from number
                inner join bound on number.place = bound.place
                where
                    number.value is null
                    or number.value not between bound.lowest and bound.highest
                    or number.step not between 1 and bound.highest
                    or (number.step is not null and not number.may_step)
            )
        );
end;

create function cron.stub_check(schedule text, database text, username text)
returns void
language plpgsql
stable
security invoker
as $$
begin
    if not cron.stub_accepts(stub_check.schedule) then
        raise exception 'invalid schedule: %', stub_check.schedule
            using errcode = 'invalid_parameter_value',
                  hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
    end if;
    -- raises undefined_database for a database that does not exist
    if not has_database_privilege(stub_check.username, stub_check.database, 'connect') then
        raise exception 'User % does not have CONNECT privilege on %',
            stub_check.username, stub_check.database
            using errcode = 'internal_error';
    end if;
end;
$$;

-- The functions below are called by those that people call, which alone know the caller: inside a
-- definer function current_user is the owner. They trust that word, as a stub may.
create function cron.stub_schedule(
    caller text,
    job_name text,
    schedule text,
    command text,
    database text,
    username text,
    active boolean
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    owner constant text := coalesce(stub_schedule.username, stub_schedule.caller);
    job_id bigint;
begin
    if stub_schedule.schedule is null then
        raise exception 'schedule can not be NULL' using errcode = 'internal_error';
    end if;
    if stub_schedule.command is null then
        raise exception 'command can not be NULL' using errcode = 'internal_error';
    end if;
    if stub_schedule.username is not null and not cron.stub_is_superuser(stub_schedule.caller) then
        raise exception 'must be superuser to create a job for another role'
            using errcode = 'internal_error';
    end if;
    perform cron.stub_check(stub_schedule.schedule, stub_schedule.database, owner);
    insert into cron.job (jobname, schedule, command, database, username, active)
    values (
        stub_schedule.job_name,
        stub_schedule.schedule,
        stub_schedule.command,
        stub_schedule.database,
        owner,
        stub_schedule.active
    )
    on conflict on constraint jobname_username_uniq do update
    -- not active: a job that was switched off stays off
    set
        schedule = excluded.schedule,
        command = excluded.command,
        database = excluded.database
    returning jobid into job_id;
    return job_id;
end;
$$;

create function cron.stub_is_superuser(caller text)
returns boolean
language sql
stable
security invoker
begin atomic
    select pg_roles.rolsuper
    from pg_catalog.pg_roles
    where pg_roles.rolname = stub_is_superuser.caller;
end;

create function cron.stub_unschedule(caller text, job_id bigint, job_name text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    removed cron.job;
begin
    -- by name one finds one's own jobs, by number everybody's
    delete from cron.job
    where
        job.jobid = stub_unschedule.job_id
        or (job.jobname = stub_unschedule.job_name and job.username = stub_unschedule.caller)
    returning job.* into removed;
    if not found then
        raise exception 'could not find valid entry for job %',
            coalesce(stub_unschedule.job_id::text, quote_literal(stub_unschedule.job_name))
            using errcode = 'internal_error';
    end if;
    if removed.username <> stub_unschedule.caller
        and not cron.stub_is_superuser(stub_unschedule.caller)
    then
        raise exception 'permission denied for table job'
            using errcode = 'insufficient_privilege';
    end if;
    return true;
end;
$$;

create function cron.stub_alter_job(
    caller text,
    job_id bigint,
    schedule text,
    command text,
    database text,
    username text,
    active boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    changed cron.job;
begin
    if num_nonnulls(
        stub_alter_job.schedule,
        stub_alter_job.command,
        stub_alter_job.database,
        stub_alter_job.username,
        stub_alter_job.active
    ) = 0 then
        raise exception 'no updates specified'
            using errcode = 'internal_error',
                  hint = 'You must specify at least one job attribute to change when calling'
                      ' alter_job';
    end if;
    if stub_alter_job.username is not null
        and not cron.stub_is_superuser(stub_alter_job.caller)
    then
        raise exception 'must be superuser to alter username' using errcode = 'internal_error';
    end if;
    update cron.job
    set
        schedule = coalesce(stub_alter_job.schedule, job.schedule),
        command = coalesce(stub_alter_job.command, job.command),
        database = coalesce(stub_alter_job.database, job.database),
        username = coalesce(stub_alter_job.username, job.username),
        active = coalesce(stub_alter_job.active, job.active)
    where
        job.jobid = stub_alter_job.job_id
        and (
            job.username = stub_alter_job.caller
            or cron.stub_is_superuser(stub_alter_job.caller)
        )
    returning job.* into changed;
    if not found then
        raise exception 'Job % does not exist or you don''t own it', stub_alter_job.job_id
            using errcode = 'internal_error';
    end if;
    -- Only a database that is named now: a clone's jobs still name the one that it was made from.
    perform cron.stub_check(
        changed.schedule,
        coalesce(stub_alter_job.database, current_database()),
        changed.username
    );
end;
$$;

create function cron.schedule(schedule text, command text)
returns bigint
language sql
volatile
strict
security invoker
begin atomic
    select cron.stub_schedule(
        current_user, null, schedule.schedule, schedule.command, current_database(), null, true
    );
end;

create function cron.stub_require_name(job_name text)
returns text
language plpgsql
immutable
security invoker
as $$
begin
    if stub_require_name.job_name is null then
        raise exception 'job_name can not be NULL' using errcode = 'internal_error';
    end if;
    return stub_require_name.job_name;
end;
$$;

create function cron.schedule(job_name text, schedule text, command text)
returns bigint
language sql
volatile
security invoker
begin atomic
    select cron.stub_schedule(
        current_user,
        cron.stub_require_name(schedule.job_name),
        schedule.schedule,
        schedule.command,
        current_database(),
        null,
        true
    );
end;

create function cron.schedule_in_database(
    job_name text,
    schedule text,
    command text,
    database text,
    username text default null,
    active boolean default true
)
returns bigint
language sql
volatile
security invoker
begin atomic
    select cron.stub_schedule(
        current_user,
        cron.stub_require_name(schedule_in_database.job_name),
        schedule_in_database.schedule,
        schedule_in_database.command,
        schedule_in_database.database,
        schedule_in_database.username,
        schedule_in_database.active
    );
end;

create function cron.unschedule(job_id bigint)
returns boolean
language sql
volatile
strict
security invoker
begin atomic
    select cron.stub_unschedule(current_user, unschedule.job_id, null);
end;

create function cron.unschedule(job_name text)
returns boolean
language sql
volatile
strict
security invoker
begin atomic
    select cron.stub_unschedule(current_user, null, unschedule.job_name);
end;

create function cron.alter_job(
    job_id bigint,
    schedule text default null,
    command text default null,
    database text default null,
    username text default null,
    active boolean default null
)
returns void
language sql
volatile
security invoker
begin atomic
    select cron.stub_alter_job(
        current_user,
        alter_job.job_id,
        alter_job.schedule,
        alter_job.command,
        alter_job.database,
        alter_job.username,
        alter_job.active
    );
end;

-- As there: these two are for those who are granted them.
revoke execute on function
cron.alter_job(bigint, text, text, text, text, boolean),
cron.schedule_in_database(text, text, text, text, text, boolean)
from public;
