-- Stands in for: schema extensions, with what a new Supabase project holds there.
-- Leaves out:    pgjwt, pg_graphql, vault; extensions that this server was not built with (the
--                embedded binaries have neither pgcrypto nor uuid-ossp, plpgsql_check nor pgtap).
-- Runs:          once in a fresh database; on a real Supabase the first statement fails.

create schema extensions;
comment on schema extensions is 'functions of extensions, out of the way of public';

grant all on schema extensions to migrator with grant option;
grant usage on schema extensions to anon, authenticated, service_role;

alter default privileges for role supabase_admin in schema extensions
grant all on tables to migrator with grant option;
alter default privileges for role supabase_admin in schema extensions
grant all on sequences to migrator with grant option;
alter default privileges for role supabase_admin in schema extensions
grant all on functions to migrator with grant option;

select pg_catalog.format('create extension %I with schema extensions', pg_available_extensions.name)
from pg_catalog.pg_available_extensions
where
    pg_available_extensions.name in (
        'pg_stat_statements', 'pgcrypto', 'pgtap', 'plpgsql_check', 'uuid-ossp'
    )
order by pg_available_extensions.name
\gexec
