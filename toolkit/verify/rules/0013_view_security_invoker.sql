-- purpose: A view that the API's roles may read asks for its caller's rights: security_invoker.
-- why:     Otherwise its owner's rights count for the tables below, and their row security is the
--          owner's: for who applies migrations, none.

select
    pg_class.oid::regclass::text as object,
    pg_catalog.format(
        'It reads its tables with the rights of %I, and %s may read it.',
        pg_catalog.pg_get_userbyid(pg_class.relowner),
        pg_catalog.string_agg(
            pg_catalog.quote_ident(pg_roles.rolname), ', ' order by pg_roles.rolname
        )
    ) as detail,
    pg_catalog.format(
        'alter view %s set (security_invoker = true).', pg_class.oid::regclass
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
    and pg_class.relkind = 'v'
    and not exists (
        select
        from pg_catalog.pg_options_to_table(pg_class.reloptions) as option
        where
            option.option_name = 'security_invoker'
            and option.option_value::boolean
    )
    and not exists (
        select
        from pg_catalog.pg_depend
        where
            pg_depend.classid = 'pg_catalog.pg_class'::regclass
            and pg_depend.objid = pg_class.oid
            and pg_depend.deptype = 'e'
    )
group by pg_class.oid
order by object;
