-- Stands in for: what a new object in public grants to the API's roles without being asked.
-- Leaves out:    nothing. PUBLIC's own EXECUTE on functions stays in both regimes: revoke it.
-- Runs:          once in a fresh database.
-- Variables:     default_privileges = legacy (projects made before 30 May 2026, until 30 October)
--                or 2026 (all others): reading, writing, sequences and functions need a grant.

grant usage on schema public to migrator, anon, authenticated, service_role;

alter default privileges for role supabase_admin, migrator in schema public
grant all on tables to migrator, anon, authenticated, service_role;
alter default privileges for role supabase_admin, migrator in schema public
grant all on sequences to migrator, anon, authenticated, service_role;
alter default privileges for role supabase_admin, migrator in schema public
grant all on functions to migrator, anon, authenticated, service_role;

select
    :'default_privileges' = '2026' as is_2026,
    :'default_privileges' = 'legacy' as is_legacy
\gset
\if :is_2026
-- Only what migrations make, and no more than this: TRUNCATE, REFERENCES, TRIGGER and MAINTAIN stay
-- with the API's roles there, so a table's file must revoke all before it grants.
alter default privileges for role migrator in schema public
revoke select, insert, update, delete on tables from anon, authenticated, service_role;
alter default privileges for role migrator in schema public
revoke usage, select on sequences from anon, authenticated, service_role;
alter default privileges for role migrator in schema public
revoke execute on functions from anon, authenticated, service_role;
\elif :is_legacy
\else
do $$
begin
    raise exception 'unknown default privileges'
        using errcode = 'invalid_parameter_value',
              hint = 'Set the psql variable default_privileges to 2026 or legacy.';
end;
$$;
\endif
