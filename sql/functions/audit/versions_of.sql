-- purpose:    Every version of one row that was recorded, oldest first.
-- security:   invoker; the caller needs select on audit.changes.
-- complexity: O(v) for v versions, found by the hash of the key in each month there is.
-- callers:    people, and hephaitos_internal.

create or replace function audit.versions_of(p_table regclass, p_key jsonb)
returns table (
    seq bigint,
    changed_at timestamptz,
    operation text,
    actor_id uuid,
    actor_role text,
    request_id text,
    row_image jsonb,
    difference jsonb
)
language sql
stable
security invoker
begin atomic
    select
        changes.seq,
        changes.changed_at,
        changes.operation,
        changes.actor_id,
        changes.actor_role,
        changes.request_id,
        changes.new_row as row_image,
        internal.diff_rows(changes.old_row, changes.new_row) as difference
    from audit.changes
    inner join pg_catalog.pg_class
        on changes.table_name = pg_class.relname
    inner join pg_catalog.pg_namespace
        on pg_class.relnamespace = pg_namespace.oid
    where
        changes.table_schema = pg_namespace.nspname
        and pg_class.oid = coalesce(pg_partition_root(versions_of.p_table), versions_of.p_table)
        and jsonb_hash(changes.record_key) = jsonb_hash(versions_of.p_key)
        and changes.record_key = versions_of.p_key
    order by changes.seq;
end;

revoke all on function audit.versions_of(regclass, jsonb)
from public, anon, authenticated, service_role;
grant execute on function audit.versions_of(regclass, jsonb) to hephaitos_internal;

comment on function audit.versions_of(regclass, jsonb) is
'Every recorded version of the row with this key, oldest first; null where it was deleted.';
