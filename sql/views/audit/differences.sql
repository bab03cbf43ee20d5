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
