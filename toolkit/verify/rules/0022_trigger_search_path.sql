-- purpose: Trigger functions without their owner's rights run with search_path = '' as well.
-- why:     Whoever writes to the table chooses the path otherwise: a service's write then runs
--          whatever object of another schema comes first by that name, and with a strange path the
--          trigger fails, or decides by another table than the one meant.

select
    pg_proc.oid::regprocedure::text as object,
    coalesce(
        'It runs with ' || path.setting || '.',
        'It runs with the search_path of whoever writes to the table.'
    ) as detail,
    pg_catalog.format(
        'Qualify every name in its body, then alter function %s set search_path = %L.',
        pg_proc.oid::regprocedure,
        ''
    ) as hint
from pg_catalog.pg_proc
inner join pg_catalog.pg_namespace
    on pg_proc.pronamespace = pg_namespace.oid
left join lateral pg_catalog.unnest(pg_proc.proconfig) as path (setting)
    on path.setting ~ '^search_path='
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_proc.prorettype = 'pg_catalog.trigger'::regtype
    -- Those with their owner's rights have a rule of their own.
    and not pg_proc.prosecdef
    and path.setting is distinct from 'search_path=""'
order by object;
