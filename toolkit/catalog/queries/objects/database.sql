-- The database itself, for the settings that are attached to it. Its name, owner and privileges
-- belong to whoever provisioned it, and differ between a clone and its template.
select
    'database' as kind,
    '' as schema,
    '' as name,
    '' as part,
    'pg_database'::regclass as catalog,
    pg_database.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object() as attributes
from pg_catalog.pg_database
where pg_database.datname = current_database();
