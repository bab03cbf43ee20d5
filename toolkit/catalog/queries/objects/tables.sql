-- Tables, partitioned or not. The parent is the table it is a partition of or inherits from first.
select
    'table' as kind,
    relations.nspname as schema,
    relations.relname as name,
    '' as part,
    'pg_class'::regclass as catalog,
    relations.oid as object,
    0 as sub,
    case when first_parent.inhparent is null then 'pg_namespace' else 'pg_class' end::regclass
        as parent_catalog,
    coalesce(first_parent.inhparent, relations.relnamespace) as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(relations.relowner),
        'unlogged', case when relations.relpersistence = 'u' then true end,
        'access_method', case when pg_am.amname <> 'heap' then pg_am.amname end,
        'tablespace', pg_tablespace.spcname,
        'partition_key', pg_get_partkeydef(relations.oid),
        'partition_of',
        case when relations.relispartition then first_parent.inhparent::regclass end,
        'partition_bound', pg_get_expr(pg_class.relpartbound, relations.oid),
        'inherits',
        case
            when not relations.relispartition and first_parent.inhparent is not null then (
                select json_agg(pg_inherits.inhparent::regclass order by pg_inherits.inhseqno)
                from pg_catalog.pg_inherits
                where pg_inherits.inhrelid = relations.oid
            )
        end,
        'of_type', case when pg_class.reloftype <> 0 then format_type(pg_class.reloftype, null) end,
        'row_security', case when pg_class.relrowsecurity then true end,
        'force_row_security', case when pg_class.relforcerowsecurity then true end,
        'replica_identity',
        case pg_class.relreplident
            when 'n' then 'nothing'
            when 'f' then 'full'
            when 'i' then 'using index ' || coalesce(identity_index.relname, '(dropped)')
        end,
        'column_order', (
            select json_agg(pg_attribute.attname order by pg_attribute.attnum)
            from pg_catalog.pg_attribute
            where
                pg_attribute.attrelid = relations.oid
                and pg_attribute.attnum > 0
                and not pg_attribute.attisdropped
        )
    ) as attributes
from relations
inner join pg_catalog.pg_class
    on relations.oid = pg_class.oid
left join pg_catalog.pg_am
    on pg_class.relam = pg_am.oid
left join pg_catalog.pg_tablespace
    on pg_class.reltablespace = pg_tablespace.oid
left join pg_catalog.pg_inherits as first_parent
    on
        relations.oid = first_parent.inhrelid
        and first_parent.inhseqno = 1
        and not first_parent.inhdetachpending
left join pg_catalog.pg_index
    on relations.oid = pg_index.indrelid and pg_index.indisreplident
left join pg_catalog.pg_class as identity_index
    on pg_index.indexrelid = identity_index.oid
where relations.relkind in ('r', 'p');
