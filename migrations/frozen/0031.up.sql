set local lock_timeout = '2s';

-- purpose:    What differs between two images of a row, by column.
-- security:   invoker; touches only its arguments.
-- complexity: O(columns), no table.
-- callers:    audit.differences and audit.versions_of().

create or replace function internal.diff_rows(p_old jsonb, p_new jsonb)
returns jsonb
language sql
immutable
security invoker
parallel safe
begin atomic
    select
        coalesce(
            jsonb_object_agg(
                coalesce(gone.key, fresh.key),
                jsonb_build_object('old', gone.value, 'new', fresh.value)
            ),
            '{}'
        )
    from jsonb_each(coalesce(diff_rows.p_old, '{}')) as gone
    full join jsonb_each(coalesce(diff_rows.p_new, '{}')) as fresh
        on gone.key = fresh.key
    -- As text: 1.0 and 1.00 are equal, and not the same.
    where gone.value::text is distinct from fresh.value::text;
end;

revoke all on function internal.diff_rows(jsonb, jsonb)
from public, anon, authenticated, service_role;
grant execute on function internal.diff_rows(jsonb, jsonb) to hephaitos_internal;

comment on function internal.diff_rows(jsonb, jsonb) is
'An object with a member for each column that differs: its old and its new value.';

-- purpose:    Every record, with what it changed in place of both images.
-- security:   reads audit.changes with the rights of who asks.
-- complexity: O(columns) per row that is asked for.
-- callers:    people, and hephaitos_internal.

create or replace view audit.differences
with (security_invoker = true)
as
select
    changes.seq,
    changes.xact_id,
    changes.changed_at,
    changes.table_schema,
    changes.table_name,
    changes.operation,
    changes.record_key,
    changes.user_id,
    changes.actor_id,
    changes.actor_role,
    changes.request_id,
    internal.diff_rows(changes.old_row, changes.new_row) as difference
from audit.changes;

revoke all on audit.differences
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on audit.differences to hephaitos_internal;

comment on view audit.differences is
'audit.changes with what differs, by column: {"name": {"old": "a", "new": "b"}}.';

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
