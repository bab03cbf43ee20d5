-- purpose:    Append to audit.changes that a table was emptied.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: one nested statement, however many rows went; they are not listed.
-- callers:    triggers t10_record_truncate, made by sql/triggers or by internal.audit_table().
-- order:      rank 10, before whatever else follows a change: causes precede effects.
-- raises:     0A000 for a table with partitions: truncate of one leaves the others, and which rows
--             went can no longer be seen.

create or replace function internal.record_truncate_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    if pg_partition_root(tg_relid) is not null then
        raise exception 'cannot truncate %.%, because its changes are recorded',
            tg_table_schema, tg_table_name
            using errcode = 'feature_not_supported',
                  detail = 'It has partitions or is one: the record could not tell which rows went.',
                  hint = 'Delete the rows.';
    end if;
    insert into audit.changes (
        table_schema, table_name, operation, actor_id, actor_role, request_id
    )
    values (
        tg_table_schema, tg_table_name, 'truncate', internal.get_actor_id(),
        nullif(current_setting('role'), 'none'), internal.get_request_id()
    );
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.record_truncate_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.record_truncate_trigger()
from public, anon, authenticated, service_role;

comment on function internal.record_truncate_trigger() is
'Appends to audit.changes that a table was emptied; refuses to lose sight of a partition''s rows.';
