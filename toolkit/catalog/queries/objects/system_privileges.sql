-- Privileges on the system's own objects that are not those initdb gave: no revision changes them,
-- and somebody who may suddenly read files on the server should be noticed.
with
guarded as (
    select
        'pg_class'::regclass as catalog,
        pg_class.oid as object,
        pg_class.relacl as acl,
        acldefault(
            case pg_class.relkind when 'S' then 's' else 'r' end::"char", pg_class.relowner
        ) as default_acl
    from pg_catalog.pg_class
    where
        pg_class.relnamespace = 'pg_catalog'::regnamespace
        and pg_class.oid < 16384
        and pg_class.relkind in ('r', 'v', 'm', 'S')
    union all
    select
        'pg_proc'::regclass, pg_proc.oid, pg_proc.proacl, acldefault('f', pg_proc.proowner)
    from pg_catalog.pg_proc
    where pg_proc.pronamespace = 'pg_catalog'::regnamespace and pg_proc.oid < 16384
    union all
    select
        'pg_type'::regclass, pg_type.oid, pg_type.typacl, acldefault('T', pg_type.typowner)
    from pg_catalog.pg_type
    where pg_type.typnamespace = 'pg_catalog'::regnamespace and pg_type.oid < 16384
    union all
    select
        'pg_language'::regclass, pg_language.oid, pg_language.lanacl,
        acldefault('l', pg_language.lanowner)
    from pg_catalog.pg_language
    where pg_language.oid < 16384
    union all
    select
        'pg_namespace'::regclass, pg_namespace.oid, pg_namespace.nspacl,
        acldefault('n', pg_namespace.nspowner)
    from pg_catalog.pg_namespace
    where pg_namespace.nspname = 'pg_catalog'
),

changed as (
    select
        guarded.catalog,
        guarded.object,
        coalesce(guarded.acl, guarded.default_acl) as acl,
        coalesce(pg_init_privs.initprivs, guarded.default_acl) as first_acl
    from guarded
    left join pg_catalog.pg_init_privs
        on
            guarded.catalog = pg_init_privs.classoid
            and guarded.object = pg_init_privs.objoid
            and pg_init_privs.objsubid = 0
    where guarded.acl is distinct from pg_init_privs.initprivs
),

compared as (
    select
        changed.catalog,
        changed.object,
        array(
            select format(
                '%s to %s',
                lower(entry.privilege_type),
                case entry.grantee when 0 then 'public' else pg_get_userbyid(entry.grantee) end
            )
            from aclexplode(changed.acl) as entry
            except
            select format(
                '%s to %s',
                lower(entry.privilege_type),
                case entry.grantee when 0 then 'public' else pg_get_userbyid(entry.grantee) end
            )
            from aclexplode(changed.first_acl) as entry
            order by 1
        ) as granted,
        array(
            select format(
                '%s from %s',
                lower(entry.privilege_type),
                case entry.grantee when 0 then 'public' else pg_get_userbyid(entry.grantee) end
            )
            from aclexplode(changed.first_acl) as entry
            except
            select format(
                '%s from %s',
                lower(entry.privilege_type),
                case entry.grantee when 0 then 'public' else pg_get_userbyid(entry.grantee) end
            )
            from aclexplode(changed.acl) as entry
            order by 1
        ) as revoked
    from changed
)

select
    'unmodelled' as kind,
    coalesce(identified.schema, '') as schema,
    'privileges on ' || identified.type as name,
    identified.identity as part,
    compared.catalog,
    compared.object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'granted', to_json(nullif(compared.granted, '{}')),
        'revoked', to_json(nullif(compared.revoked, '{}'))
    ) as attributes
from compared
cross join lateral pg_identify_object(compared.catalog, compared.object, 0) as identified
where compared.granted <> '{}' or compared.revoked <> '{}';
