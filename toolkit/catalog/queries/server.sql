-- Where we are, who we are, and what this role cannot see.
-- catalogs_read: names of the catalogs that the other queries read.
with
job_table as (
    select
        pg_class.oid,
        has_schema_privilege(pg_class.relnamespace, 'usage')
        and has_table_privilege(pg_class.oid, 'select') as is_readable
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace
        on pg_class.relnamespace = pg_namespace.oid
    where pg_namespace.nspname = 'cron' and pg_class.relname = 'job'
),

version_table as (
    select pg_get_userbyid(pg_class.relowner) as owner
    from pg_catalog.pg_class
    where pg_class.relname = 'alembic_version' and pg_class.relkind = 'r'
    order by pg_class.oid
    limit 1
)

select
    current_setting('server_version_num')::int / 10000 as major,
    current_user::text as reader,
    pg_get_userbyid(pg_database.datdba)::text as database_owner,
    (select version_table.owner::text from version_table) as migrator,
    array(
        select pg_class.relname::text
        from pg_catalog.pg_class
        where
            pg_class.relnamespace = 'pg_catalog'::regnamespace
            and pg_class.relname = any(%(catalogs_read)s)
            and not has_any_column_privilege(pg_class.oid, 'select')
        order by pg_class.relname
    ) as hidden_catalogs,
    coalesce(
        (
            select
                case
                    when not job_table.is_readable then 'hidden'
                    when row_security_active(job_table.oid) then 'own'
                    else 'all'
                end
            from job_table
        ),
        'absent'
    ) as cron_jobs
from pg_catalog.pg_database
where pg_database.datname = current_database();
