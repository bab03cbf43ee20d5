-- Default privileges of a role, everywhere or in one schema; the privileges are details.
select
    'default privileges' as kind,
    coalesce(namespaces.nspname, '') as schema,
    pg_get_userbyid(pg_default_acl.defaclrole) as name,
    case pg_default_acl.defaclobjtype
        when 'r' then 'tables'
        when 'S' then 'sequences'
        when 'f' then 'functions'
        when 'T' then 'types'
        when 'n' then 'schemas'
        when 'L' then 'large objects'
    end as part,
    'pg_default_acl'::regclass as catalog,
    pg_default_acl.oid as object,
    0 as sub,
    case when namespaces.oid is not null then 'pg_namespace'::regclass end as parent_catalog,
    namespaces.oid as parent_object,
    0 as parent_sub,
    json_build_object() as attributes
from pg_catalog.pg_default_acl
left join namespaces
    on pg_default_acl.defaclnamespace = namespaces.oid;
