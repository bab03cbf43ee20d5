set local lock_timeout = '2s';

-- squawk-ignore-file ban-drop-function
-- No client can call these: the schema is closed to the API, and the trigger functions are replaced
-- in the same transaction.

-- changes: 4 functions changed, 2 functions dropped, 4 functions made
-- locks:   none
-- hazard:  function internal.pick_columns(jsonb, text[]) may be named in the body of function
--          internal.record_deleted_rows_trigger(), function
--          internal.record_inserted_rows_trigger(), function internal.record_updated_rows_trigger()
-- loses:   nothing

-- plan:
drop function internal.describe_request(oid, text, text);
-- function internal.pick_columns(jsonb, text[]) may be named in the body of function internal.record_deleted_rows_trigger(), function internal.record_inserted_rows_trigger(), function internal.record_updated_rows_trigger()
drop function internal.pick_columns(jsonb, text[]);

-- file: sql/functions/internal/describe_root.sql
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

-- file: sql/functions/internal/get_actor_id.sql
-- purpose:    Who acts, as far as the request says; null outside one, and for a service that calls
--             itself by something else than a uuid.
-- security:   invoker; reads settings of the session. Claims are data: they say who acts, and open
--             nothing.
-- complexity: one expression, no table; inlined into the expression that asks.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when claims are no JSON.

create or replace function internal.get_actor_id()
returns uuid
language sql
stable
security invoker
begin atomic
    select
        substring(
            coalesce(
                nullif(current_setting('request.jwt.claim.sub', true), ''),
                nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
            )
            from '(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        )::uuid;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_actor_id() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_actor_id()
from public, anon, authenticated, service_role;

comment on function internal.get_actor_id() is
'Who acts, from the claims of the request; null where they name nobody.';

-- file: sql/functions/internal/get_request_id.sql
-- purpose:    In which request a statement runs, as whoever sent it named it; null outside one.
-- security:   invoker; reads settings of the session.
-- complexity: one expression, no table; inlined into the expression that asks.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when the headers are no JSON.

create or replace function internal.get_request_id()
returns text
language sql
stable
security invoker
begin atomic
    select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id';
end;

grant create on schema internal to hephaitos_internal;
alter function internal.get_request_id() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.get_request_id()
from public, anon, authenticated, service_role;

comment on function internal.get_request_id() is
'The x-request-id of the request; null outside one.';

-- file: sql/functions/internal/pick_columns.sql
-- purpose:    Of a row as an object, these columns only: what tells it from all others. One to
--             four of them; those that are null count as not there.
-- security:   invoker; touches only the row at hand.
-- complexity: O(columns) per row, no table. Inlined, which a subquery in its body would prevent.
--             A name a parameter: out of an array, each use would be one more node to set up in
--             every statement.
-- callers:    the record_*_trigger() functions, for the key of each row.

create or replace function internal.pick_columns(
    p_row jsonb, p_first text, p_second text, p_third text, p_fourth text
)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        case
            when pick_columns.p_first is null
                then null
            when pick_columns.p_second is null
                then jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first
                )
            when pick_columns.p_third is null
                then jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first,
                    pick_columns.p_second, pick_columns.p_row -> pick_columns.p_second
                )
            -- No column is named '': it stands for the fourth where there are three.
            else
                jsonb_build_object(
                    pick_columns.p_first, pick_columns.p_row -> pick_columns.p_first,
                    pick_columns.p_second, pick_columns.p_row -> pick_columns.p_second,
                    pick_columns.p_third, pick_columns.p_row -> pick_columns.p_third,
                    coalesce(pick_columns.p_fourth, ''),
                    pick_columns.p_row -> pick_columns.p_fourth
                ) - ''
        end;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.pick_columns(jsonb, text, text, text, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.pick_columns(jsonb, text, text, text, text)
from public, anon, authenticated, service_role;

comment on function internal.pick_columns(jsonb, text, text, text, text) is
'The part of a row that consists of these columns, one to four of them; null without one.';

-- file: sql/functions/internal/record_deleted_rows_trigger.sql
-- purpose:    Append every deleted row to audit.changes.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement, and a look into the catalog for a partition.
--             What a single row costs is starting that statement, so it holds nothing that can be
--             worked out before it. The settings fix how values are written, whatever the session
--             prefers.
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
    v_key constant pg_catalog.text[] := tg_argv[0];
    v_key_1 constant pg_catalog.text := v_key[1];
    v_key_2 constant pg_catalog.text := v_key[2];
    v_key_3 constant pg_catalog.text := v_key[3];
    v_key_4 constant pg_catalog.text := v_key[4];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2];
    v_changed_at constant pg_catalog.timestamptz := clock_timestamp();
    v_schema pg_catalog.text := tg_table_schema;
    v_table pg_catalog.text := tg_table_name;
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
        request_id, old_row
    )
    select
        v_changed_at, v_schema, v_table, 'delete',
        internal.pick_columns(source.image, v_key_1, v_key_2, v_key_3, v_key_4),
        (source.image ->> v_owner)::pg_catalog.uuid,
        v_actor_id, v_actor_role, v_request_id, source.image - v_redacted
    -- The offset keeps what is worked out once from being worked out for every use of it.
    from (select to_jsonb(old_rows) as image from old_rows offset 0) as source;
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

-- file: sql/functions/internal/record_inserted_rows_trigger.sql
-- purpose:    Append every inserted row to audit.changes.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement, and a look into the catalog for a partition.
--             What a single row costs is starting that statement, so it holds nothing that can be
--             worked out before it. The settings fix how values are written, whatever the session
--             prefers.
-- callers:    triggers t10_record_insert, made by sql/triggers or by internal.audit_table().
--             Arguments: the columns of the primary key, one to four; the column that says whose
--             a row is; the columns to leave out: '{user_id,id}', 'user_id', '{}'.
-- order:      rank 10, before whatever else follows a change: causes precede effects.
-- raises:     23514 when the trigger names no key; 22P02 when the owner of a row is no uuid.

create or replace function internal.record_inserted_rows_trigger()
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
    v_key constant pg_catalog.text[] := tg_argv[0];
    v_key_1 constant pg_catalog.text := v_key[1];
    v_key_2 constant pg_catalog.text := v_key[2];
    v_key_3 constant pg_catalog.text := v_key[3];
    v_key_4 constant pg_catalog.text := v_key[4];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2];
    v_changed_at constant pg_catalog.timestamptz := clock_timestamp();
    v_schema pg_catalog.text := tg_table_schema;
    v_table pg_catalog.text := tg_table_name;
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
        request_id, new_row
    )
    select
        v_changed_at, v_schema, v_table, 'insert',
        internal.pick_columns(source.image, v_key_1, v_key_2, v_key_3, v_key_4),
        (source.image ->> v_owner)::pg_catalog.uuid,
        v_actor_id, v_actor_role, v_request_id, source.image - v_redacted
    -- The offset keeps what is worked out once from being worked out for every use of it.
    from (select to_jsonb(new_rows) as image from new_rows offset 0) as source;
    return null;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.record_inserted_rows_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.record_inserted_rows_trigger()
from public, anon, authenticated, service_role;

comment on function internal.record_inserted_rows_trigger() is
'Appends inserted rows to audit.changes.';

-- file: sql/functions/internal/record_truncate_trigger.sql
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

-- file: sql/functions/internal/record_updated_rows_trigger.sql
-- purpose:    Append every row that changed to audit.changes, with both images.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement, and a look into the catalog for a partition;
--             rows that stay as they were are left out. What a single row costs is starting that
--             statement, so it holds nothing that can be worked out before it. The settings fix how
--             values are written, whatever the session prefers.
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
    v_key constant pg_catalog.text[] := tg_argv[0];
    v_key_1 constant pg_catalog.text := v_key[1];
    v_key_2 constant pg_catalog.text := v_key[2];
    v_key_3 constant pg_catalog.text := v_key[3];
    v_key_4 constant pg_catalog.text := v_key[4];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2];
    v_changed_at constant pg_catalog.timestamptz := clock_timestamp();
    v_schema pg_catalog.text := tg_table_schema;
    v_table pg_catalog.text := tg_table_name;
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

-- gone: sql/functions/internal/describe_request.sql
