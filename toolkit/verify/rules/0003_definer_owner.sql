-- purpose: SECURITY DEFINER functions belong to roles that cannot log in and have no power of
--          their own.
-- why:     Such a function can do whatever its owner can. Owned by who applies migrations, it reads
--          past row security, and one forgotten check is open to everybody.

select
    pg_proc.oid::regprocedure::text as object,
    pg_catalog.format(
        'Its owner %I %s.',
        pg_roles.rolname,
        pg_catalog.concat_ws(
            ', ',
            case when pg_roles.rolsuper then 'is a superuser' end,
            case when pg_roles.rolbypassrls then 'bypasses row security' end,
            case when pg_roles.rolcanlogin then 'can log in' end
        )
    ) as detail,
    'Give it to a role without login, superuser and bypassrls that holds just what it needs.'
        as hint
from pg_catalog.pg_proc
inner join pg_catalog.pg_namespace
    on pg_proc.pronamespace = pg_namespace.oid
inner join pg_catalog.pg_roles
    on pg_proc.proowner = pg_roles.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_proc.prosecdef
    and (pg_roles.rolsuper or pg_roles.rolbypassrls or pg_roles.rolcanlogin)
order by object;
