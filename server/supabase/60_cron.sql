-- Stands in for: Supabase Cron: pg_cron itself where this server has it, else a stub of its
--                interface (cron_stub.sql), and what Supabase grants to its postgres role.
-- Leaves out:    the event trigger that repeats the grants when somebody creates the extension.
-- Runs:          once in a fresh database, the cron database or contrib_regression: pg_cron's own
--                script refuses every other name. Its clones have the interface; none fires.

select
    exists (
        select from pg_catalog.pg_available_extensions
        where pg_available_extensions.name = 'pg_cron'
    )
    and pg_catalog.current_setting('shared_preload_libraries') like '%pg_cron%' as has_pg_cron
\gset
\if :has_pg_cron
create extension pg_cron with schema pg_catalog;
\else
\ir cron_stub.sql
\endif

grant usage on schema cron to migrator with grant option;
grant execute on all functions in schema cron to migrator with grant option;
grant all on table cron.job_run_details to migrator with grant option;
revoke trigger on table cron.job_run_details from migrator;
-- Jobs change through the functions alone.
grant select on table cron.job to migrator with grant option;
