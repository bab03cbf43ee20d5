-- Views and materialized views; the columns stand beside the definition for whoever has to know
-- whether a new definition can replace it.
select
    case relations.relkind when 'v' then 'view' else 'materialized view' end as kind,
    relations.nspname as schema,
    relations.relname as name,
    '' as part,
    'pg_class'::regclass as catalog,
    relations.oid as object,
    0 as sub,
    'pg_namespace'::regclass as parent_catalog,
    relations.relnamespace as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(relations.relowner),
        'definition', pg_get_viewdef(relations.oid),
        'columns', (
            select json_agg(
                format(
                    '%I %s',
                    pg_attribute.attname,
                    format_type(pg_attribute.atttypid, pg_attribute.atttypmod)
                )
                || case
                    when pg_attribute.attcollation not in (0, pg_type.typcollation)
                        then ' collate ' || pg_attribute.attcollation::regcollation
                    else ''
                end
                order by pg_attribute.attnum
            )
            from pg_catalog.pg_attribute
            inner join pg_catalog.pg_type
                on pg_attribute.atttypid = pg_type.oid
            where
                pg_attribute.attrelid = relations.oid
                and pg_attribute.attnum > 0
                and not pg_attribute.attisdropped
        ),
        'populated', case when relations.relkind = 'm' then pg_class.relispopulated end,
        'access_method', case when pg_am.amname <> 'heap' then pg_am.amname end,
        'tablespace', pg_tablespace.spcname
    ) as attributes
from relations
inner join pg_catalog.pg_class
    on relations.oid = pg_class.oid
left join pg_catalog.pg_am
    on pg_class.relam = pg_am.oid
left join pg_catalog.pg_tablespace
    on pg_class.reltablespace = pg_tablespace.oid
where relations.relkind in ('v', 'm');
