set local lock_timeout = '2s';

-- changes: 8 functions made, 29 triggers made
-- locks:   share row exclusive on audit.changes, public.backtest_jobs, public.backtest_results,
--          public.exports, public.notifications, public.profiles, public.strategies and
--          public.trades
-- loses:   nothing

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

-- file: sql/functions/internal/record_truncate_trigger.sql
-- purpose:    Append to audit.changes that a table was emptied.
-- security:   definer: who may write a table may not write the record of it.
-- complexity: one nested statement, however many rows went; they are not listed.
-- callers:    triggers t10_record_truncate, made by sql/triggers or by internal.audit_table().
-- order:      rank 10, before whatever else follows a change: causes precede effects.

create or replace function internal.record_truncate_trigger()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
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
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.record_truncate_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.record_truncate_trigger()
from public, anon, authenticated, service_role;

comment on function internal.record_truncate_trigger() is
'Appends to audit.changes that a table was emptied.';

-- file: sql/functions/internal/audit_table.sql
-- purpose:    Record every change of a table from now on, however its rows are addressed.
-- security:   invoker: only the owner of a table can give it triggers.
-- complexity: four triggers for the table and each of its partitions; share row exclusive on each.
-- callers:    revisions and jobs, run by who owns the table; again after a partition was added.
-- raises:     42P16 without a primary key of one to four columns; 42703 when a column to leave out
--             does not exist; 42P10 when it is one of the key.

create or replace function internal.audit_table(
    p_table regclass,
    p_owner text default 'user_id',
    p_redacted text[] default '{}',
    p_inserts boolean default true
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_key constant pg_catalog.text[] := (
        select array_agg(pg_attribute.attname::pg_catalog.text order by part.position)
        from pg_catalog.pg_index
        cross join unnest(pg_index.indkey::pg_catalog.int2[])
            with ordinality as part (attnum, position)
        inner join pg_catalog.pg_attribute
            on pg_index.indrelid = pg_attribute.attrelid and part.attnum = pg_attribute.attnum
        where pg_index.indrelid = p_table and pg_index.indisprimary
            and part.position <= pg_index.indnkeyatts
    );
    v_relation pg_catalog.regclass;
begin
    if coalesce(cardinality(v_key), 0) not between 1 and 4 then
        raise exception 'cannot record changes of %', p_table
            using errcode = 'invalid_table_definition',
                  detail = 'It has no primary key of one to four columns to tell its rows apart.',
                  hint = 'Give it one.';
    end if;
    if exists (
        select from unnest(p_redacted) as redacted (name)
        where not exists (
            select from pg_catalog.pg_attribute
            where pg_attribute.attrelid = p_table and pg_attribute.attname = redacted.name
                and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
        )
    ) then
        raise exception 'cannot leave out of the record what % does not have', p_table
            using errcode = 'undefined_column',
                  detail = format('To be left out are %s.', p_redacted),
                  hint = 'Name columns of the table.';
    end if;
    if p_redacted && v_key then
        raise exception 'cannot leave the key of % out of the record', p_table
            using errcode = 'invalid_column_reference',
                  detail = format('To be left out are %s; the key is %s.', p_redacted, v_key),
                  hint = 'Leave out other columns, or give the table another key.';
    end if;

    for v_relation in
        select p_table
        union
        select pg_partition_tree.relid from pg_catalog.pg_partition_tree(p_table)
    loop
        if p_inserts then
            execute format(
                'create or replace trigger t10_record_insert after insert on %s '
                'referencing new table as new_rows for each statement '
                'execute function internal.record_inserted_rows_trigger(%L, %L, %L)',
                v_relation, v_key, p_owner, p_redacted
            );
            execute format('alter table %s enable always trigger t10_record_insert', v_relation);
        else
            execute format('drop trigger if exists t10_record_insert on %s', v_relation);
        end if;
        execute format(
            'create or replace trigger t10_record_update after update on %s '
            'referencing old table as old_rows new table as new_rows for each statement '
            'execute function internal.record_updated_rows_trigger(%L, %L, %L)',
            v_relation, v_key, p_owner, p_redacted
        );
        execute format(
            'create or replace trigger t10_record_delete after delete on %s '
            'referencing old table as old_rows for each statement '
            'execute function internal.record_deleted_rows_trigger(%L, %L, %L)',
            v_relation, v_key, p_owner, p_redacted
        );
        execute format(
            'create or replace trigger t10_record_truncate after truncate on %s '
            'for each statement execute function internal.record_truncate_trigger()',
            v_relation
        );
        -- Also when a session calls itself a replica, where ordinary triggers keep still.
        execute format(
            'alter table %s enable always trigger t10_record_update, '
            'enable always trigger t10_record_delete, enable always trigger t10_record_truncate',
            v_relation
        );
    end loop;
end;
$$;

revoke all on function internal.audit_table(regclass, text, text[], boolean)
from public, anon, authenticated, service_role;

comment on function internal.audit_table(regclass, text, text[], boolean) is
'Gives a table and its partitions the triggers that record every change in audit.changes.';

-- file: sql/functions/internal/refuse_rewrite_trigger.sql
-- purpose:    What is recorded stays as it was recorded.
-- security:   invoker. Holds the owner of the record, too; who may drop the trigger or the table
--             can still get past it, and verification of the audit tells.
-- complexity: O(1), and never called by who appends.
-- callers:    triggers t10_refuse_rewrite and t10_refuse_truncate on audit.changes.
-- raises:     42501, always.

create or replace function internal.refuse_rewrite_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    raise exception 'permission denied to rewrite %.%', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege',
              detail = 'Records are appended, and neither changed nor removed.',
              hint = 'Append a record of what is right.';
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.refuse_rewrite_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.refuse_rewrite_trigger()
from public, anon, authenticated, service_role;

comment on function internal.refuse_rewrite_trigger() is
'Refuses whatever statement it is called for.';

-- file: sql/triggers/public/profiles.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.profiles, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.profiles
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{id}', 'id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_insert;

-- file: sql/triggers/public/profiles.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.profiles, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.profiles
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{id}', 'id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_update;

-- file: sql/triggers/public/profiles.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.profiles, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.profiles
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{id}', 'id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_delete;

-- file: sql/triggers/public/profiles.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.profiles.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.profiles, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.profiles
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.profiles enable always trigger t10_record_truncate;

-- file: sql/triggers/public/strategies.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.strategies.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.strategies, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.strategies
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.strategies enable always trigger t10_record_insert;

-- file: sql/triggers/public/strategies.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.strategies.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.strategies
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.strategies enable always trigger t10_record_update;

-- file: sql/triggers/public/strategies.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.strategies.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.strategies, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.strategies
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.strategies enable always trigger t10_record_delete;

-- file: sql/triggers/public/strategies.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.strategies.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.strategies, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.strategies
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.strategies enable always trigger t10_record_truncate;

-- file: sql/triggers/public/backtest_jobs.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.backtest_jobs.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.backtest_jobs, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.backtest_jobs
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_jobs enable always trigger t10_record_insert;

-- file: sql/triggers/public/backtest_jobs.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.backtest_jobs.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_jobs, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.backtest_jobs
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_jobs enable always trigger t10_record_update;

-- file: sql/triggers/public/backtest_jobs.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.backtest_jobs.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_jobs, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.backtest_jobs
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_jobs enable always trigger t10_record_delete;

-- file: sql/triggers/public/backtest_jobs.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.backtest_jobs.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_jobs, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.backtest_jobs
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_jobs enable always trigger t10_record_truncate;

-- file: sql/triggers/public/backtest_results.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.backtest_results.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.backtest_results, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.backtest_results
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_results enable always trigger t10_record_insert;

-- file: sql/triggers/public/backtest_results.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.backtest_results.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.backtest_results
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_results enable always trigger t10_record_update;

-- file: sql/triggers/public/backtest_results.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.backtest_results.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_results, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.backtest_results
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_results enable always trigger t10_record_delete;

-- file: sql/triggers/public/backtest_results.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.backtest_results.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_results, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.backtest_results
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.backtest_results enable always trigger t10_record_truncate;

-- file: sql/triggers/public/trades.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.trades.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.trades, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.trades
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger(
    '{user_id,backtest_id,trade_no}', 'user_id', '{}'
);

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.trades enable always trigger t10_record_update;

-- file: sql/triggers/public/trades.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.trades.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.trades, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.trades
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger(
    '{user_id,backtest_id,trade_no}', 'user_id', '{}'
);

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.trades enable always trigger t10_record_delete;

-- file: sql/triggers/public/trades.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.trades.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.trades, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.trades
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.trades enable always trigger t10_record_truncate;

-- file: sql/triggers/public/notifications.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.notifications.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.notifications, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.notifications
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.notifications enable always trigger t10_record_insert;

-- file: sql/triggers/public/notifications.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.notifications.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.notifications, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.notifications
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.notifications enable always trigger t10_record_update;

-- file: sql/triggers/public/notifications.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.notifications.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.notifications, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.notifications
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.notifications enable always trigger t10_record_delete;

-- file: sql/triggers/public/notifications.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.notifications.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.notifications, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.notifications
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.notifications enable always trigger t10_record_truncate;

-- file: sql/triggers/public/exports.t10_record_insert.sql
-- purpose:    audit.changes has every inserted row of public.exports.
-- security:   runs as hephaitos_internal, which owns internal.record_inserted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.exports, copy and upserts included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_insert
after insert on public.exports
referencing new table as new_rows
for each statement
execute function internal.record_inserted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.exports enable always trigger t10_record_insert;

-- file: sql/triggers/public/exports.t10_record_update.sql
-- purpose:    audit.changes has every changed row of public.exports.
-- security:   runs as hephaitos_internal, which owns internal.record_updated_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.exports, upserts and cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_update
after update on public.exports
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.record_updated_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.exports enable always trigger t10_record_update;

-- file: sql/triggers/public/exports.t10_record_delete.sql
-- purpose:    audit.changes has every deleted row of public.exports.
-- security:   runs as hephaitos_internal, which owns internal.record_deleted_rows_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.exports, cascades included.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_delete
after delete on public.exports
referencing old table as old_rows
for each statement
execute function internal.record_deleted_rows_trigger('{user_id,id}', 'user_id', '{}');

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.exports enable always trigger t10_record_delete;

-- file: sql/triggers/public/exports.t10_record_truncate.sql
-- purpose:    audit.changes has every truncate of public.exports.
-- security:   runs as hephaitos_internal, which owns internal.record_truncate_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.exports, also by cascade.
-- order:      rank 10, before cascades (50): causes are recorded before their effects.

create or replace trigger t10_record_truncate
after truncate on public.exports
for each statement
execute function internal.record_truncate_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table public.exports enable always trigger t10_record_truncate;

-- file: sql/triggers/audit/changes.t10_refuse_rewrite.sql
-- purpose:    Records are neither changed nor deleted, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    any update or delete on audit.changes that finds a row.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_rewrite
before update or delete on audit.changes
for each row
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_rewrite;

-- file: sql/triggers/audit/changes.t10_refuse_truncate.sql
-- purpose:    Records are not swept away, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    truncate of audit.changes, also by cascade.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_truncate
before truncate on audit.changes
for each statement
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_truncate;
