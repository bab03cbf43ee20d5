-- purpose: Every policy says TO which roles it applies.
-- why:     Without TO it applies to everybody: it is asked for roles it was not written for, the
--          anonymous one and those that own functions included.

select
    pg_catalog.format(
        'policy %I on %s', pg_policy.polname, pg_policy.polrelid::regclass
    ) as object,
    'It applies to PUBLIC.' as detail,
    'Create it with "to" and the roles it is meant for.' as hint
from pg_catalog.pg_policy
inner join pg_catalog.pg_class
    on pg_policy.polrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and 0 = any(pg_policy.polroles)
order by object;
