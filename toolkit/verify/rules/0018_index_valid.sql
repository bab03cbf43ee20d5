-- purpose: Every index is valid.
-- why:     An interrupted concurrent build leaves an index that every write maintains and no query
--          uses; a unique one keeps nothing unique.

select
    pg_index.indexrelid::regclass::text as object,
    pg_catalog.format(
        'It is %s on %s.',
        case
            when not pg_index.indislive then 'being dropped'
            when not pg_index.indisready then 'not ready for writes'
            else 'not valid'
        end,
        pg_index.indrelid::regclass
    ) as detail,
    pg_catalog.format(
        'Drop it and build it again, or reindex index concurrently %s.',
        pg_index.indexrelid::regclass
    ) as hint
from pg_catalog.pg_index
inner join pg_catalog.pg_class
    on pg_index.indrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and not (pg_index.indisvalid and pg_index.indisready and pg_index.indislive)
order by object;
