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
