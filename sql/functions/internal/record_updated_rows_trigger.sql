-- purpose:    Append every row that changed to audit.changes, with both images.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement; rows that stay as they were are left
--             out. The settings fix how values are written, whatever the session prefers.
-- callers:    triggers t10_record_update, made by sql/triggers or by internal.audit_table().
--             Arguments: the columns of the primary key, one to four; the column that says whose
--             a row is; the columns to leave out: '{user_id,id}', 'user_id', '{}'.
-- order:      rank 10, before whatever else follows a change: causes precede effects.
-- raises:     23514 when the trigger names no key; 22P02 when the owner of a row is no uuid.

create or replace function internal.record_updated_rows_trigger()
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
        request_id, old_row, new_row
    )
    -- Paired by key: one that changed is a row that went and a row that came.
    select
        request.changed_at, request.table_schema, request.table_name,
        case
            when pair.old_image is null then 'insert'
            when pair.new_image is null then 'delete'
            else 'update'
        end,
        pair.key,
        (coalesce(pair.new_image, pair.old_image) ->> v_owner)::pg_catalog.uuid,
        request.actor_id, request.actor_role, request.request_id,
        pair.old_image - v_redacted, pair.new_image - v_redacted
    -- The offsets keep what is worked out once from being worked out for every use of it.
    from (
        select *
        from internal.describe_request(
            tg_relid, tg_table_schema::pg_catalog.text, tg_table_name::pg_catalog.text
        )
        offset 0
    ) as request
    cross join (
        select
            key,
            gone.image as old_image,
            fresh.image as new_image
        from (
            select source.image, internal.pick_columns(source.image, v_key) as key
            from (select to_jsonb(old_rows) as image from old_rows offset 0) as source
            offset 0
        ) as gone
        full join (
            select source.image, internal.pick_columns(source.image, v_key) as key
            from (select to_jsonb(new_rows) as image from new_rows offset 0) as source
            offset 0
        ) as fresh
            using (key)
        -- By their bytes: 1.0 and 1.00 are equal, and not the same.
        where record_image_ne(row(gone.image), row(fresh.image))
    ) as pair;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.record_updated_rows_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.record_updated_rows_trigger()
from public, anon, authenticated, service_role;

comment on function internal.record_updated_rows_trigger() is
'Appends changed rows to audit.changes; a changed key as a row that went and one that came.';
