-- purpose: No function can be executed by PUBLIC.
-- why:     PUBLIC may execute every new function until somebody revokes it: one more door that
--          nobody decided to open, also for roles that are made later.

select
    pg_proc.oid::regprocedure::text as object,
    'PUBLIC may execute it.' as detail,
    pg_catalog.format(
        'revoke execute on routine %s from public, and grant it to the roles that call it.',
        pg_proc.oid::regprocedure
    ) as hint
from pg_catalog.pg_proc
inner join pg_catalog.pg_namespace
    on pg_proc.pronamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and exists (
        select
        from pg_catalog.aclexplode(
            coalesce(pg_proc.proacl, pg_catalog.acldefault('f', pg_proc.proowner))
        ) as entry
        where entry.grantee = 0
    )
    and not exists (
        select
        from pg_catalog.pg_depend
        where
            pg_depend.classid = 'pg_catalog.pg_proc'::regclass
            and pg_depend.objid = pg_proc.oid
            and pg_depend.deptype = 'e'
    )
order by object;
