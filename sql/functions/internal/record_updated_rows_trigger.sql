-- purpose:    Append every row that changed to audit.changes, with both images.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement, and a look into the catalog for a partition;
--             rows that stay as they were are left out. What a single row costs is starting that
--             statement, so it holds nothing that can be worked out before it. The settings fix how
--             values are written, whatever the session prefers. A plan that was made for many rows
--             is not compiled for each single one that follows in the session.
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
set jit = off
as $$
declare
    v_key constant pg_catalog.text[] := tg_argv[0]::pg_catalog.text[];
    v_key_1 constant pg_catalog.text := v_key[1];
    v_key_2 constant pg_catalog.text := v_key[2];
    v_key_3 constant pg_catalog.text := v_key[3];
    v_key_4 constant pg_catalog.text := v_key[4];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2]::pg_catalog.text[];
    v_changed_at constant pg_catalog.timestamptz := clock_timestamp();
    v_schema pg_catalog.text := tg_table_schema::pg_catalog.text;
    v_table pg_catalog.text := tg_table_name::pg_catalog.text;
    v_actor_id constant pg_catalog.uuid := internal.get_actor_id();
    v_actor_role constant pg_catalog.text := nullif(current_setting('role'), 'none');
    v_request_id constant pg_catalog.text := internal.get_request_id();
begin
    if pg_partition_root(tg_relid) is not null then
        select root.table_schema, root.table_name
        into v_schema, v_table
        from internal.describe_root(tg_relid) as root;
    end if;
    insert into audit.changes (
        changed_at, table_schema, table_name, operation, record_key, user_id, actor_id, actor_role,
        request_id, old_row, new_row
    )
    -- Paired by key: one that changed is a row that went and a row that came.
    select
        v_changed_at, v_schema, v_table,
        case
            when gone.image is null then 'insert'
            when fresh.image is null then 'delete'
            else 'update'
        end,
        key,
        (coalesce(fresh.image, gone.image) ->> v_owner)::pg_catalog.uuid,
        v_actor_id, v_actor_role, v_request_id, gone.image - v_redacted, fresh.image - v_redacted
    -- The offsets keep what is worked out once from being worked out for every use of it.
    from (
        select
            source.image,
            internal.pick_columns(source.image, v_key_1, v_key_2, v_key_3, v_key_4) as key
        from (select to_jsonb(old_rows) as image from old_rows offset 0) as source
    ) as gone
    full join (
        select
            source.image,
            internal.pick_columns(source.image, v_key_1, v_key_2, v_key_3, v_key_4) as key
        from (select to_jsonb(new_rows) as image from new_rows offset 0) as source
    ) as fresh
        using (key)
    -- As they are written: 1.0 and 1.00 are equal, and not the same.
    where
        gone.image is distinct from fresh.image
        or gone.image::pg_catalog.text <> fresh.image::pg_catalog.text;
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
