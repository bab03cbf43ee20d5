-- purpose:    Append every deleted row to audit.changes.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement. The settings fix how values
--             are written, whatever the session prefers.
-- callers:    triggers t10_record_delete, made by sql/triggers or by internal.audit_table().
--             Arguments: the columns of the primary key, one to four; the column that says whose
--             a row is; the columns to leave out: '{user_id,id}', 'user_id', '{}'.
-- order:      rank 10, before whatever else follows a change: causes precede effects.
-- raises:     23514 when the trigger names no key; 22P02 when the owner of a row is no uuid.

create or replace function internal.record_deleted_rows_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
    v_key constant pg_catalog.text[] := tg_argv[0]::pg_catalog.text[];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2]::pg_catalog.text[];
begin
    insert into audit.changes (
        changed_at, table_schema, table_name, operation, record_key, user_id, actor_id, actor_role,
        request_id, old_row
    )
    select
        request.changed_at, request.table_schema, request.table_name, 'delete',
        internal.pick_columns(source.image, v_key),
        (source.image ->> v_owner)::pg_catalog.uuid,
        request.actor_id, request.actor_role, request.request_id, source.image - v_redacted
    -- The offsets keep what is worked out once from being worked out for every use of it.
    from (
        select *
        from internal.describe_request(
            tg_relid, tg_table_schema::pg_catalog.text, tg_table_name::pg_catalog.text
        )
        offset 0
    ) as request
    cross join (select to_jsonb(old_rows) as image from old_rows offset 0) as source;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.record_deleted_rows_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.record_deleted_rows_trigger()
from public, anon, authenticated, service_role;

comment on function internal.record_deleted_rows_trigger() is
'Appends deleted rows to audit.changes.';
