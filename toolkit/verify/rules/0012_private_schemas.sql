-- purpose: No role of the API may enter a private schema.
-- why:     Whatever is granted by mistake on the objects inside stays out of reach.

select
    pg_catalog.format('schema %I', pg_namespace.nspname) as object,
    pg_catalog.format(
        '%I has %s on it.',
        pg_roles.rolname,
        pg_catalog.string_agg(held.privilege, ' and ' order by held.privilege)
    ) as detail,
    pg_catalog.format(
        'revoke all on schema %I from public, %I.', pg_namespace.nspname, pg_roles.rolname
    ) as hint
from pg_catalog.pg_namespace
inner join pg_catalog.pg_roles
    on pg_roles.rolname = any(pg_catalog.current_setting('hephaitos.api_roles')::text[])
cross join lateral (values ('create'), ('usage')) as held (privilege)
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.private_schemas')::text[])
    and pg_catalog.has_schema_privilege(pg_roles.oid, pg_namespace.oid, held.privilege)
group by pg_namespace.nspname, pg_roles.rolname
order by object, detail;
