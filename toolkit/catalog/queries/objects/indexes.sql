-- Indexes. The parent is the constraint it serves, else the index of the partitioned table that it
-- is attached to, else its table.
select
    'index' as kind,
    relations.nspname as schema,
    relations.relname as name,
    '' as part,
    'pg_class'::regclass as catalog,
    relations.oid as object,
    0 as sub,
    case
        when pg_constraint.oid is null then 'pg_class'
        else 'pg_constraint'
    end::regclass as parent_catalog,
    coalesce(pg_constraint.oid, pg_inherits.inhparent, pg_index.indrelid) as parent_object,
    0 as parent_sub,
    json_build_object(
        'relation', pg_index.indrelid::regclass,
        'definition', pg_get_indexdef(relations.oid),
        'attached_to', pg_inherits.inhparent::regclass,
        'invalid',
        case
            when not (pg_index.indisvalid and pg_index.indisready and pg_index.indislive)
                then true
        end,
        'clustered', case when pg_index.indisclustered then true end,
        'tablespace', pg_tablespace.spcname,
        'statistics', (
            select json_agg(
                format('%s %s', pg_attribute.attnum, pg_attribute.attstattarget)
                order by pg_attribute.attnum
            )
            from pg_catalog.pg_attribute
            where pg_attribute.attrelid = relations.oid and pg_attribute.attstattarget >= 0
        )
    ) as attributes
from relations
inner join pg_catalog.pg_class
    on relations.oid = pg_class.oid
inner join pg_catalog.pg_index
    on relations.oid = pg_index.indexrelid
left join pg_catalog.pg_tablespace
    on pg_class.reltablespace = pg_tablespace.oid
left join pg_catalog.pg_inherits
    on relations.oid = pg_inherits.inhrelid
left join pg_catalog.pg_constraint
    on
        relations.oid = pg_constraint.conindid
        and pg_index.indrelid = pg_constraint.conrelid
        and pg_constraint.contype in ('p', 'u', 'x')
where relations.relkind in ('i', 'I');
