-- Enumerated, composite and range types, and domains. The types that come with a table, an array
-- or a range are theirs.
select
    case pg_type.typtype when 'd' then 'domain' else 'type' end as kind,
    namespaces.nspname as schema,
    pg_type.typname as name,
    '' as part,
    'pg_type'::regclass as catalog,
    pg_type.oid as object,
    0 as sub,
    'pg_namespace'::regclass as parent_catalog,
    pg_type.typnamespace as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_type.typowner),
        'form',
        case pg_type.typtype
            when 'e' then 'enum'
            when 'c' then 'composite'
            when 'r' then 'range'
        end,
        'labels',
        case
            when pg_type.typtype = 'e' then (
                select json_agg(pg_enum.enumlabel order by pg_enum.enumsortorder)
                from pg_catalog.pg_enum
                where pg_enum.enumtypid = pg_type.oid
            )
        end,
        'column_order',
        case
            when pg_type.typtype = 'c' then (
                select json_agg(pg_attribute.attname order by pg_attribute.attnum)
                from pg_catalog.pg_attribute
                where
                    pg_attribute.attrelid = pg_type.typrelid
                    and pg_attribute.attnum > 0
                    and not pg_attribute.attisdropped
            )
        end,
        'base',
        case
            when pg_type.typtype = 'd' then format_type(pg_type.typbasetype, pg_type.typtypmod)
        end,
        'collation',
        case
            when pg_type.typtype = 'd' and pg_type.typcollation not in (0, base.typcollation)
                then pg_type.typcollation::regcollation
        end,
        'not_null', case when pg_type.typnotnull then true end,
        'default', pg_get_expr(pg_type.typdefaultbin, 0),
        'definition',
        concat_ws(
            ', ',
            'subtype = ' || format_type(pg_range.rngsubtype, null),
            'subtype_opclass = '
            || (
                select format('%I.%I', pg_namespace.nspname, pg_opclass.opcname)
                from pg_catalog.pg_opclass
                inner join pg_catalog.pg_namespace
                    on pg_opclass.opcnamespace = pg_namespace.oid
                where pg_opclass.oid = pg_range.rngsubopc
            ),
            'collation = ' || nullif(pg_range.rngcollation, 0)::regcollation,
            'canonical = ' || nullif(pg_range.rngcanonical::oid, 0)::regproc,
            'subtype_diff = ' || nullif(pg_range.rngsubdiff::oid, 0)::regproc,
            'multirange_type_name = ' || format_type(pg_range.rngmultitypid, null)
        )
    ) as attributes
from pg_catalog.pg_type
inner join namespaces
    on pg_type.typnamespace = namespaces.oid
left join pg_catalog.pg_class
    on pg_type.typrelid = pg_class.oid
left join pg_catalog.pg_type as base
    on pg_type.typbasetype = base.oid
left join pg_catalog.pg_range
    on pg_type.oid = pg_range.rngtypid
where
    (pg_type.typtype in ('e', 'd', 'r') or (pg_type.typtype = 'c' and pg_class.relkind = 'c'))
    and not exists (
        select from members
        where members.classid = 'pg_type'::regclass and members.objid = pg_type.oid
    );
