-- purpose: Every foreign key has an index that begins with its columns.
-- why:     Without one, deleting a parent reads the whole child table, once for each parent.

select
    pg_catalog.format(
        'constraint %I on %s', pg_constraint.conname, pg_constraint.conrelid::regclass
    ) as object,
    pg_catalog.format('No usable index begins with (%s).', key.columns) as detail,
    pg_catalog.format(
        'create index concurrently on %s (%s).', pg_constraint.conrelid::regclass, key.columns
    ) as hint
from pg_catalog.pg_constraint
inner join pg_catalog.pg_class
    on pg_constraint.conrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
cross join lateral (
    select
        pg_catalog.string_agg(
            pg_catalog.quote_ident(pg_attribute.attname), ', ' order by part.position
        ) as columns,
        pg_catalog.array_agg(part.attnum order by part.attnum) as attnums
    from pg_catalog.unnest(pg_constraint.conkey)
    with ordinality as part (attnum, position)
    inner join pg_catalog.pg_attribute
        on
            part.attnum = pg_attribute.attnum
            and pg_attribute.attrelid = pg_constraint.conrelid
) as key
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_constraint.contype = 'f'
    -- A partition inherits the key and the index of its parent.
    and pg_constraint.conparentid = 0
    and not exists (
        select
        from pg_catalog.pg_index
        inner join pg_catalog.pg_class as index_class
            on pg_index.indexrelid = index_class.oid
        inner join pg_catalog.pg_am
            on index_class.relam = pg_am.oid
        where
            pg_index.indrelid = pg_constraint.conrelid
            and pg_index.indisvalid
            and pg_am.amname in ('btree', 'hash')
            -- A key that is null points nowhere, so an index may leave those rows out.
            and coalesce(pg_catalog.pg_get_expr(pg_index.indpred, pg_index.indrelid), '')
                in ('', pg_catalog.format('(%s IS NOT NULL)', key.columns))
            and key.attnums = (
                select pg_catalog.array_agg(part.attnum order by part.attnum)
                from pg_catalog.unnest(pg_index.indkey::smallint[])
                with ordinality as part (attnum, position)
                where part.position <= pg_catalog.cardinality(key.attnums)
            )
    )
order by object;
