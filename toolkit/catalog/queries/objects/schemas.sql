-- Schemas.
select
    'schema' as kind,
    '' as schema,
    namespaces.nspname as name,
    '' as part,
    'pg_namespace'::regclass as catalog,
    namespaces.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object('owner', pg_get_userbyid(pg_namespace.nspowner)) as attributes
from namespaces
inner join pg_catalog.pg_namespace
    on namespaces.oid = pg_namespace.oid
where
    not exists (
        select from members
        where members.classid = 'pg_namespace'::regclass and members.objid = namespaces.oid
    );
