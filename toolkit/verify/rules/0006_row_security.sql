-- purpose: A table that the API's roles hold any right on has row security enabled.
-- why:     Without it, one grant shows every tenant's rows to every tenant.

with entries as (
    select
        pg_class.oid as table_oid,
        entry.grantee,
        entry.privilege_type
    from pg_catalog.pg_class
    cross join lateral pg_catalog.aclexplode(pg_class.relacl) as entry
    union all
    select
        pg_attribute.attrelid as table_oid,
        entry.grantee,
        entry.privilege_type
    from pg_catalog.pg_attribute
    cross join lateral pg_catalog.aclexplode(pg_attribute.attacl) as entry
)

select
    pg_class.oid::regclass::text as object,
    pg_catalog.format(
        'Row security is off, and %I holds %s.',
        pg_roles.rolname,
        pg_catalog.string_agg(
            distinct pg_catalog.lower(entries.privilege_type),
            ', ' order by pg_catalog.lower(entries.privilege_type)
        )
    ) as detail,
    pg_catalog.format(
        'alter table %s enable row level security, or revoke what no request needs.',
        pg_class.oid::regclass
    ) as hint
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
inner join entries
    on pg_class.oid = entries.table_oid
inner join pg_catalog.pg_roles
    on
        pg_roles.rolname = any(pg_catalog.current_setting('hephaitos.api_roles')::text[])
        and (
            entries.grantee = 0
            or pg_catalog.pg_has_role(pg_roles.oid, entries.grantee, 'usage')
        )
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_class.relkind in ('r', 'p')
    and not pg_class.relrowsecurity
group by pg_class.oid, pg_roles.rolname
order by object, detail;
