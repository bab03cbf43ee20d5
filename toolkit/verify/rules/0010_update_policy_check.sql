-- purpose: A policy for UPDATE or ALL says with WITH CHECK which rows may result.
-- why:     Left out, USING decides for the new row as well. That is right until somebody widens
--          USING to let more rows be reached, and hands rows over to other tenants by it.

select
    pg_catalog.format(
        'policy %I on %s', pg_policy.polname, pg_policy.polrelid::regclass
    ) as object,
    pg_catalog.format(
        'It is for %s and has no WITH CHECK.',
        case pg_policy.polcmd when 'w' then 'UPDATE' else 'ALL' end
    ) as detail,
    pg_catalog.format(
        'alter policy %I on %s with check (…), with what must hold for the row afterwards.',
        pg_policy.polname,
        pg_policy.polrelid::regclass
    ) as hint
from pg_catalog.pg_policy
inner join pg_catalog.pg_class
    on pg_policy.polrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_policy.polcmd in ('w', '*')
    and pg_policy.polwithcheck is null
order by object;
