-- purpose: A published table has a replica identity.
-- why:     Without one every update and delete on it fails, from the moment it is published.

select
    pg_catalog.format(
        '%s in publication %I', leaf.table_oid::regclass, pg_publication.pubname
    ) as object,
    case pg_class.relreplident
        when 'n' then 'Its replica identity is NOTHING.'
        when 'i' then 'The index of its replica identity is gone.'
        else 'It has no primary key.'
    end as detail,
    pg_catalog.format(
        'Give %s a primary key, or a replica identity of its own.', leaf.table_oid::regclass
    ) as hint
from pg_catalog.pg_publication
inner join pg_catalog.pg_publication_tables
    on pg_publication.pubname = pg_publication_tables.pubname
inner join pg_catalog.pg_namespace
    on pg_publication_tables.schemaname = pg_namespace.nspname
inner join pg_catalog.pg_class as published
    on
        pg_namespace.oid = published.relnamespace
        and pg_publication_tables.tablename = published.relname
-- Rows are in the leaves, whichever of the two is published.
cross join lateral (
    select published.oid as table_oid
    where published.relkind <> 'p'
    union all
    select pg_partition_tree.relid as table_oid
    from pg_catalog.pg_partition_tree(published.oid)
    where pg_partition_tree.isleaf
) as leaf
inner join pg_catalog.pg_class
    on leaf.table_oid = pg_class.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and (pg_publication.pubupdate or pg_publication.pubdelete)
    and pg_class.relreplident <> 'f'
    and not exists (
        select
        from pg_catalog.pg_index
        where
            pg_index.indrelid = pg_class.oid
            and case pg_class.relreplident
                when 'd' then pg_index.indisprimary
                when 'i' then pg_index.indisreplident
                else false
            end
    )
order by object;
