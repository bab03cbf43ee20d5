-- Who may do what: one row an object and grantee. A missing ACL is the built-in default; a grant
-- made by somebody else than the owner names its grantor, as a dump does.
with
guarded as (
    select
        'pg_class'::regclass as catalog,
        pg_class.oid as object,
        0 as sub,
        pg_class.relowner as owner,
        coalesce(
            pg_class.relacl,
            acldefault(
                case pg_class.relkind when 'S' then 's' else 'r' end::"char", pg_class.relowner
            )
        ) as acl
    from pg_catalog.pg_class
    where
        pg_class.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and (pg_class.oid >= 16384 or pg_class.relnamespace = 'public'::regnamespace)
    union all
    select
        'pg_class'::regclass, pg_attribute.attrelid, pg_attribute.attnum, pg_class.relowner,
        pg_attribute.attacl
    from pg_catalog.pg_attribute
    inner join pg_catalog.pg_class
        on pg_attribute.attrelid = pg_class.oid
    where
        pg_attribute.attacl is not null
        and pg_attribute.attrelid >= 16384
        and not pg_attribute.attisdropped
    union all
    select
        'pg_proc'::regclass, pg_proc.oid, 0, pg_proc.proowner,
        coalesce(pg_proc.proacl, acldefault('f', pg_proc.proowner))
    from pg_catalog.pg_proc
    where pg_proc.oid >= 16384
    union all
    select
        'pg_namespace'::regclass, pg_namespace.oid, 0, pg_namespace.nspowner,
        coalesce(pg_namespace.nspacl, acldefault('n', pg_namespace.nspowner))
    from pg_catalog.pg_namespace
    where
        not starts_with(pg_namespace.nspname, 'pg_')
        and pg_namespace.nspname <> 'information_schema'
    union all
    select
        'pg_type'::regclass, pg_type.oid, 0, pg_type.typowner,
        coalesce(pg_type.typacl, acldefault('T', pg_type.typowner))
    from pg_catalog.pg_type
    where pg_type.oid >= 16384 and pg_type.typtype in ('e', 'd', 'r', 'c')
    union all
    select
        'pg_language'::regclass, pg_language.oid, 0, pg_language.lanowner,
        coalesce(pg_language.lanacl, acldefault('l', pg_language.lanowner))
    from pg_catalog.pg_language
    where pg_language.oid >= 16384
    union all
    select
        'pg_foreign_server'::regclass, pg_foreign_server.oid, 0, pg_foreign_server.srvowner,
        coalesce(pg_foreign_server.srvacl, acldefault('S', pg_foreign_server.srvowner))
    from pg_catalog.pg_foreign_server
    union all
    select
        'pg_foreign_data_wrapper'::regclass, pg_foreign_data_wrapper.oid, 0,
        pg_foreign_data_wrapper.fdwowner,
        coalesce(
            pg_foreign_data_wrapper.fdwacl, acldefault('F', pg_foreign_data_wrapper.fdwowner)
        )
    from pg_catalog.pg_foreign_data_wrapper
    union all
    select
        'pg_default_acl'::regclass, pg_default_acl.oid, 0, pg_default_acl.defaclrole,
        pg_default_acl.defaclacl
    from pg_catalog.pg_default_acl
),

-- Few objects have privileges like no other, and taking a list apart is what costs.
distinct_lists as (
    select distinct guarded.owner, guarded.acl
    from guarded
),

-- A number to group by, because these lists can be hashed and not sorted.
lists as materialized (
    select distinct_lists.owner, distinct_lists.acl, row_number() over () as number
    from distinct_lists
),

entries as (
    select
        lists.number,
        case entry.grantee
            when lists.owner then '@owner'
            when 0 then 'public'
            else pg_get_userbyid(entry.grantee)
        end as grantee,
        string_agg(
            lower(entry.privilege_type)
            || case when entry.is_grantable then '*' else '' end
            || case
                when entry.grantor <> lists.owner then ' by ' || pg_get_userbyid(entry.grantor)
                else ''
            end,
            ', ' order by entry.privilege_type, pg_get_userbyid(entry.grantor)
        ) as privileges
    from lists
    cross join lateral aclexplode(lists.acl) as entry
    group by lists.number, lists.owner, entry.grantee
)

select
    guarded.catalog,
    guarded.object,
    guarded.sub,
    'grants to' as attribute,
    entries.grantee as subject,
    entries.privileges as value
from guarded
inner join lists
    on guarded.owner = lists.owner and guarded.acl = lists.acl
inner join entries
    on lists.number = entries.number;
