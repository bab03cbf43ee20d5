-- Extensions; their members are theirs and appear nowhere else.
select
    'extension' as kind,
    '' as schema,
    pg_extension.extname as name,
    '' as part,
    'pg_extension'::regclass as catalog,
    pg_extension.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_extension.extowner),
        'schema', pg_extension.extnamespace::regnamespace,
        'version', pg_extension.extversion
    ) as attributes
from pg_catalog.pg_extension;
