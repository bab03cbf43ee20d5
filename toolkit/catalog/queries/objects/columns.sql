-- Columns of tables, and of views and composite types; a view's column is a fact only when
-- something is attached to it, because its name and type follow from the definition.
select
    'column' as kind,
    relations.nspname as schema,
    relations.relname as name,
    pg_attribute.attname as part,
    'pg_class'::regclass as catalog,
    relations.oid as object,
    pg_attribute.attnum as sub,
    'pg_class'::regclass as parent_catalog,
    relations.oid as parent_object,
    0 as parent_sub,
    json_build_object(
        'type',
        case
            when relations.relkind not in ('v', 'm')
                then format_type(pg_attribute.atttypid, pg_attribute.atttypmod)
        end,
        'collation',
        case
            when
                relations.relkind not in ('v', 'm')
                and pg_attribute.attcollation not in (0, pg_type.typcollation)
                then pg_attribute.attcollation::regcollation
        end,
        'not_null',
        case
            when not pg_attribute.attnotnull then null
            when not_null.convalidated is false then 'not valid'
            when not_null.connoinherit then 'no inherit'
            else 'yes'
        end,
        'default',
        case
            when pg_attribute.attgenerated = ''
                then pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid)
        end,
        'generated',
        case
            when pg_attribute.attgenerated <> ''
                then format(
                    '(%s) %s',
                    pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid),
                    case pg_attribute.attgenerated when 's' then 'stored' else 'virtual' end
                )
        end,
        'identity',
        case pg_attribute.attidentity when 'a' then 'always' when 'd' then 'by default' end,
        'storage',
        case
            when
                relations.relkind <> 'v' and pg_attribute.attstorage <> pg_type.typstorage
                then case pg_attribute.attstorage
                    when 'p' then 'plain'
                    when 'e' then 'external'
                    when 'm' then 'main'
                    when 'x' then 'extended'
                end
        end,
        'compression',
        case pg_attribute.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
        'statistics', nullif(pg_attribute.attstattarget, -1),
        'inherited',
        case
            when
                not relations.relispartition
                and pg_attribute.attinhcount > 0
                and not pg_attribute.attislocal
                then true
        end
    ) as attributes
from relations
inner join pg_catalog.pg_attribute
    on
        relations.oid = pg_attribute.attrelid
        and pg_attribute.attnum > 0
        and not pg_attribute.attisdropped
inner join pg_catalog.pg_type
    on pg_attribute.atttypid = pg_type.oid
left join pg_catalog.pg_attrdef
    on
        pg_attribute.attrelid = pg_attrdef.adrelid
        and pg_attribute.attnum = pg_attrdef.adnum
left join pg_catalog.pg_constraint as not_null
    on
        pg_attribute.attrelid = not_null.conrelid
        and not_null.contype = 'n'
        and not_null.conkey[1] = pg_attribute.attnum
where relations.relkind in ('r', 'p', 'v', 'm', 'c');
