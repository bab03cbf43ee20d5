-- Every relation that is not the system's own: its name, its file, and what was read of it so far,
-- by this session where that was not counted yet, and by everybody where it was.
select
    pg_class.oid::bigint as relation_oid,
    pg_class.relkind::text as relkind,
    pg_class.relfilenode::bigint as file_number,
    pg_catalog.quote_ident(pg_namespace.nspname)
    || '.' || pg_catalog.quote_ident(pg_class.relname) as name,
    coalesce(
        pg_catalog.quote_ident(whole_schema.nspname)
        || '.' || pg_catalog.quote_ident(whole.relname),
        ''
    ) as part_of,
    pg_catalog.pg_stat_get_xact_tuples_returned(pg_class.oid) as pending_count,
    pg_catalog.pg_stat_get_tuples_returned(pg_class.oid) as counted
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
left join pg_catalog.pg_index
    on pg_class.oid = pg_index.indexrelid
left join pg_catalog.pg_class as whole
    on
        coalesce(
            pg_catalog.pg_partition_root(coalesce(pg_index.indrelid, pg_class.oid)::regclass),
            pg_index.indrelid
        ) = whole.oid
        and pg_class.oid <> whole.oid
left join pg_catalog.pg_namespace as whole_schema
    on whole.relnamespace = whole_schema.oid
where
    pg_class.relkind in ('r', 'p', 'f', 'v', 'm', 'i', 'I', 'S')
    and pg_namespace.nspname !~ '^pg_'
    and pg_namespace.nspname <> 'information_schema'
    and (%(only)s::bigint[] is null or pg_class.oid = any(%(only)s::oid[]));
