-- purpose: SECURITY DEFINER functions run with search_path = '' and nothing else.
-- why:     With any other path the caller can put an object of theirs before the one meant, and
--          the function uses it with its owner's rights.

select
    pg_proc.oid::regprocedure::text as object,
    coalesce(
        'It runs with ' || path.setting || '.',
        'It runs with the search_path of whoever calls it.'
    ) as detail,
    pg_catalog.format(
        'Qualify every name in its body, then alter routine %s set search_path = %L.',
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
    and pg_proc.prosecdef
    and path.setting is distinct from 'search_path=""'
order by object;
