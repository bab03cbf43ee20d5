-- Jobs of pg_cron. Who scheduled a job is part of its identity, its number is not. The database is
-- named only when a job runs neither here nor in the one where pg_cron keeps its table.
select
    'cron job' as kind,
    '' as schema,
    coalesce(
        job.jobname::text,
        format(
            'unnamed %s: %s',
            row_number() over (
                partition by job.username, job.command, job.jobname is null
                order by job.schedule, job.jobid
            ),
            job.command
        )
    ) as name,
    job.username::text as part,
    null::oid as catalog,
    job.jobid::oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'schedule', job.schedule,
        'command', job.command,
        'active', job.active,
        'database',
        case
            when
                job.database <> current_database()
                -- A clone's stub of pg_cron still names the template, by its name while it was built.
                and job.database !~ '^migrated_.*_building$'
                and job.database is distinct from case
                    when pg_has_role('pg_read_all_settings', 'usage')
                        then current_setting('cron.database_name', true)
                end
                then job.database
        end
    ) as attributes
from cron.job;
