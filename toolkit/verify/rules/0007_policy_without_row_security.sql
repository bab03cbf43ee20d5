-- purpose: A table with policies has row security enabled.
-- why:     Policies of a table without it are written down, read by reviewers, and never asked.

select
    pg_class.oid::regclass::text as object,
    pg_catalog.format(
        'Row security is off, so nothing asks %s.',
        pg_catalog.string_agg(
            pg_catalog.format('policy %I', pg_policy.polname), ', ' order by pg_policy.polname
        )
    ) as detail,
    pg_catalog.format('alter table %s enable row level security.', pg_class.oid::regclass) as hint
from pg_catalog.pg_policy
inner join pg_catalog.pg_class
    on pg_policy.polrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and not pg_class.relrowsecurity
group by pg_class.oid
order by object;
