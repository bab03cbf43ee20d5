-- purpose:    Whose rows those of a partition are: the table at the root of it, by name.
-- security:   invoker; reads the catalog.
-- complexity: two index probes. The functions that call it ask only for partitions.
-- callers:    the record_*_trigger() functions.

create or replace function internal.describe_root(p_relation oid)
returns table (table_schema text, table_name text)
language sql
stable
security invoker
rows 1
begin atomic
    select
        pg_namespace.nspname::text as table_schema,
        pg_class.relname::text as table_name
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace
        on pg_class.relnamespace = pg_namespace.oid
    where pg_class.oid = pg_partition_root(describe_root.p_relation);
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_root(oid) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_root(oid)
from public, anon, authenticated, service_role;

comment on function internal.describe_root(oid) is
'The table that a partition is a part of, however deep; no row for what has no partitions.';
