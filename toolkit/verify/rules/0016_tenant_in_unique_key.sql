-- purpose: Every unique key contains the tenant's column, or says why it is global.
-- why:     A key that spans tenants tells one of them, by its error, what another has; and it
--          cannot be kept once tenants live on several servers.
-- except:  comment on the constraint, or on the index, with a text that begins with "global:".

select
    pg_catalog.format(
        '%s on %s',
        coalesce(
            'constraint ' || pg_catalog.quote_ident(pg_constraint.conname),
            'index ' || pg_index.indexrelid::regclass
        ),
        pg_index.indrelid::regclass
    ) as object,
    pg_catalog.format(
        'It is unique without %I.', pg_catalog.current_setting('hephaitos.tenant_column')
    ) as detail,
    'Add the column to the key, or comment on it with "global: " and why.' as hint
from pg_catalog.pg_index
inner join pg_catalog.pg_class
    on pg_index.indrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
left join pg_catalog.pg_constraint
    on
        pg_index.indexrelid = pg_constraint.conindid
        and pg_constraint.contype in ('p', 'u')
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_class.relkind in ('r', 'p')
    and not pg_class.relispartition
    -- Alembic's own, not the tenant's.
    and pg_class.relname <> 'alembic_version'
    and pg_index.indisunique
    and not exists (
        select
        from pg_catalog.unnest(pg_index.indkey::smallint[])
        with ordinality as part (attnum, position)
        inner join pg_catalog.pg_attribute
            on part.attnum = pg_attribute.attnum
        where
            pg_attribute.attrelid = pg_index.indrelid
            and pg_attribute.attname = pg_catalog.current_setting('hephaitos.tenant_column')
            and part.position <= pg_index.indnkeyatts
    )
    and coalesce(
        pg_catalog.obj_description(pg_constraint.oid, 'pg_constraint'),
        pg_catalog.obj_description(pg_index.indexrelid, 'pg_class'),
        ''
    ) !~ '^global:'
order by object;
