-- purpose:  plpgsql_check has nothing to say about the bodies of PL/pgSQL functions.
-- why:      Postgres looks at such a body only when a call gets there: a column that was renamed
--           breaks it in production. Trigger functions are checked with every table they serve.
-- requires: plpgsql_check

-- Materialized, so that nothing but the tenant's functions is handed to the extension.
with targets as materialized (
    select
        pg_proc.oid as function_oid,
        pg_trigger.tgrelid as table_oid,
        pg_trigger.tgoldtable as old_table,
        pg_trigger.tgnewtable as new_table,
        pg_proc.prorettype = 'trigger'::regtype as is_trigger
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_language
        on pg_proc.prolang = pg_language.oid
    inner join pg_catalog.pg_namespace
        on pg_proc.pronamespace = pg_namespace.oid
    left join pg_catalog.pg_trigger
        on
            pg_proc.oid = pg_trigger.tgfoid
            and pg_trigger.tgparentid = 0
    where
        pg_language.lanname = 'plpgsql'
        and pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    group by 1, 2, 3, 4, 5
),

checkable as materialized (
    select
        targets.function_oid,
        targets.table_oid,
        targets.old_table,
        targets.new_table
    from targets
    where not targets.is_trigger or targets.table_oid is not null
)

select
    pg_catalog.concat(
        checkable.function_oid::regprocedure, ' on ' || checkable.table_oid::regclass
    ) as object,
    pg_catalog.concat(
        complaint.level,
        ' in line ' || complaint.lineno,
        ': ' || complaint.message,
        '; ' || nullif(complaint.detail, '')
    ) as detail,
    coalesce(nullif(complaint.hint, ''), 'Correct the body of the function.') as hint
from checkable
cross join lateral plpgsql_check_function_tb(
    funcoid => checkable.function_oid,
    relid => coalesce(checkable.table_oid, 0),
    oldtable => checkable.old_table,
    newtable => checkable.new_table,
    fatal_errors => false,
    all_warnings => true
) as complaint
union all
select
    targets.function_oid::regprocedure::text as object,
    'No trigger uses it, so that nothing can be said about its body.' as detail,
    'Drop the function, or create its trigger.' as hint
from targets
where targets.is_trigger and targets.table_oid is null
order by object, detail;
