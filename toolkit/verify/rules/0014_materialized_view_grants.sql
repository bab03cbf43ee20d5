-- purpose: No role of the API may read a materialized view.
-- why:     Row security does not exist for them: who may read one reads all of it. A function in
--          front can leave out what is not for everybody.
-- except:  list the view in public_tables.

select
    pg_class.oid::regclass::text as object,
    pg_catalog.format(
        '%s may read all of it.',
        pg_catalog.string_agg(
            pg_catalog.quote_ident(pg_roles.rolname), ', ' order by pg_roles.rolname
        )
    ) as detail,
    pg_catalog.format(
        'revoke all on %s from public, %s, and let a function read it.',
        pg_class.oid::regclass,
        pg_catalog.string_agg(
            pg_catalog.quote_ident(pg_roles.rolname), ', ' order by pg_roles.rolname
        )
    ) as hint
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
inner join pg_catalog.pg_roles
    on
        pg_roles.rolname = any(pg_catalog.current_setting('hephaitos.api_roles')::text[])
        and pg_catalog.has_any_column_privilege(pg_roles.oid, pg_class.oid, 'select')
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_class.relkind = 'm'
    and not exists (
        select
        from pg_catalog.unnest(
            pg_catalog.current_setting('hephaitos.public_tables')::text[]
        ) as declared (name)
        where pg_catalog.to_regclass(declared.name) = pg_class.oid
    )
group by pg_class.oid
order by object;
