set local lock_timeout = '2s';

-- changes: 4 functions changed, 4 functions dropped, 2 functions made
-- locks:   none
-- hazard:  function internal.pick_columns(jsonb, text, text, text, text) may be named in the body
--          of function internal.record_deleted_rows_trigger(), function
--          internal.record_inserted_rows_trigger(), function internal.record_updated_rows_trigger()
-- loses:   nothing

-- plan:
drop function internal.describe_root(oid);
drop function internal.get_actor_id();
drop function internal.get_request_id();
-- function internal.pick_columns(jsonb, text, text, text, text) may be named in the body of function internal.record_deleted_rows_trigger(), function internal.record_inserted_rows_trigger(), function internal.record_updated_rows_trigger()
drop function internal.pick_columns(jsonb, text, text, text, text);

-- file: sql/functions/internal/describe_request.sql
-- purpose:    When and in whose request a statement runs, and whose rows those of a relation are.
-- security:   invoker; reads settings of the session. Claims are data: they say who acts, and open
--             nothing. The role in force is the caller's, inside definer functions too.
-- complexity: one row; a look into the catalog only for partitions. Inlined, so that it is no
--             statement of its own.
-- callers:    the record_*_trigger() functions.
-- raises:     22P02 when claims or headers are no JSON.

create or replace function internal.describe_request(
    p_relation oid, p_schema text, p_table text
)
returns table (
    changed_at timestamptz,
    table_schema text,
    table_name text,
    actor_id uuid,
    actor_role text,
    request_id text
)
language sql
stable
security invoker
rows 1
begin atomic
    select
        clock_timestamp() as changed_at,
        -- A row is the table's, whichever of its partitions a statement named.
        coalesce(
            (
                select pg_namespace.nspname::text
                from pg_catalog.pg_class
                inner join pg_catalog.pg_namespace
                    on pg_class.relnamespace = pg_namespace.oid
                where pg_class.oid = pg_partition_root(describe_request.p_relation)
            ),
            describe_request.p_schema
        ) as table_schema,
        coalesce(
            (
                select pg_class.relname::text
                from pg_catalog.pg_class
                where pg_class.oid = pg_partition_root(describe_request.p_relation)
            ),
            describe_request.p_table
        ) as table_name,
        -- A service may call itself by something else than a uuid.
        case
            when claimed.sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then claimed.sub::uuid
        end as actor_id,
        nullif(current_setting('role'), 'none') as actor_role,
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id'
            as request_id
    from (
        values
        (
            coalesce(
                nullif(current_setting('request.jwt.claim.sub', true), ''),
                nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
            )
        )
    ) as claimed (sub);
end;

grant create on schema internal to hephaitos_internal;
alter function internal.describe_request(oid, text, text) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.describe_request(oid, text, text)
from public, anon, authenticated, service_role;

comment on function internal.describe_request(oid, text, text) is
'Who acts, as which role and in which request; and the table that a relation is a part of.';

-- file: sql/functions/internal/pick_columns.sql
-- purpose:    Of a row as an object, these columns only: what tells it from all others.
-- security:   invoker; touches only the row at hand.
-- complexity: O(columns) per row, no table. Inlined, which a subquery in its body would prevent.
-- callers:    the record_*_trigger() functions, for the key of each row.

create or replace function internal.pick_columns(p_row jsonb, p_columns text[])
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        case cardinality(pick_columns.p_columns)
            when 1
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1]
                )
            when 2
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2]
                )
            when 3
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2],
                    pick_columns.p_columns[3], pick_columns.p_row -> pick_columns.p_columns[3]
                )
            when 4
                then jsonb_build_object(
                    pick_columns.p_columns[1], pick_columns.p_row -> pick_columns.p_columns[1],
                    pick_columns.p_columns[2], pick_columns.p_row -> pick_columns.p_columns[2],
                    pick_columns.p_columns[3], pick_columns.p_row -> pick_columns.p_columns[3],
                    pick_columns.p_columns[4], pick_columns.p_row -> pick_columns.p_columns[4]
                )
        end;
end;

grant create on schema internal to hephaitos_internal;
alter function internal.pick_columns(jsonb, text[]) owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.pick_columns(jsonb, text[])
from public, anon, authenticated, service_role;

comment on function internal.pick_columns(jsonb, text[]) is
'The part of a row that consists of these columns, one to four of them; else null.';

-- file: sql/functions/internal/record_deleted_rows_trigger.sql
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

-- file: sql/functions/internal/record_inserted_rows_trigger.sql
-- purpose:    Append every inserted row to audit.changes.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: O(n) for n rows, one nested statement. The settings fix how values
--             are written, whatever the session prefers.
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
    v_key constant pg_catalog.text[] := tg_argv[0]::pg_catalog.text[];
    v_owner constant pg_catalog.text := tg_argv[1];
    v_redacted constant pg_catalog.text[] := tg_argv[2]::pg_catalog.text[];
begin
    insert into audit.changes (
        changed_at, table_schema, table_name, operation, record_key, user_id, actor_id, actor_role,
        request_id, new_row
    )
    select
        request.changed_at, request.table_schema, request.table_name, 'insert',
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
    cross join (select to_jsonb(new_rows) as image from new_rows offset 0) as source;
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

-- plan:
CREATE OR REPLACE FUNCTION internal.record_truncate_trigger()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if pg_partition_root(tg_relid) is not null then
        raise exception 'cannot truncate %.%, because its changes are recorded',
            tg_table_schema, tg_table_name
            using errcode = 'feature_not_supported',
                  detail = 'It has partitions or is one: the record could not tell which rows went.',
                  hint = 'Delete the rows.';
    end if;
    insert into audit.changes (
        changed_at, table_schema, table_name, operation, actor_id, actor_role, request_id
    )
    select
        request.changed_at, request.table_schema, request.table_name, 'truncate',
        request.actor_id, request.actor_role, request.request_id
    from internal.describe_request(
        tg_relid, tg_table_schema::pg_catalog.text, tg_table_name::pg_catalog.text
    ) as request;
    return null;
end;
$function$;

-- file: sql/functions/internal/record_updated_rows_trigger.sql
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
