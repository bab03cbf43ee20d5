-- purpose: The anonymous role holds no right on a table, view or sequence that is not declared
--          public.
-- why:     Platforms grant rights on new tables by default, and even the stricter regime leaves
--          truncate, references and trigger behind. Row security does not stop a truncate.
-- except:  list the table in public_tables.

with entries as (
    select
        pg_class.oid as relation_oid,
        entry.grantee,
        entry.privilege_type
    from pg_catalog.pg_class
    cross join lateral pg_catalog.aclexplode(pg_class.relacl) as entry
    union all
    select
        pg_attribute.attrelid as relation_oid,
        entry.grantee,
        entry.privilege_type
    from pg_catalog.pg_attribute
    cross join lateral pg_catalog.aclexplode(pg_attribute.attacl) as entry
)

select
    pg_class.oid::regclass::text as object,
    pg_catalog.format(
        '%I holds %s.',
        pg_roles.rolname,
        pg_catalog.string_agg(
            distinct pg_catalog.lower(entries.privilege_type),
            ', ' order by pg_catalog.lower(entries.privilege_type)
        )
    ) as detail,
    pg_catalog.format(
        'revoke all on %s from public, %I, or declare it in public_tables.',
        pg_class.oid::regclass,
        pg_roles.rolname
    ) as hint
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
inner join entries
    on pg_class.oid = entries.relation_oid
inner join pg_catalog.pg_roles
    on
        pg_roles.rolname = pg_catalog.current_setting('hephaitos.anonymous_role')
        and (
            entries.grantee = 0
            or pg_catalog.pg_has_role(pg_roles.oid, entries.grantee, 'usage')
        )
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and not exists (
        select
        from pg_catalog.unnest(
            pg_catalog.current_setting('hephaitos.public_tables')::text[]
        ) as declared (name)
        where pg_catalog.to_regclass(declared.name) = pg_class.oid
    )
    and not exists (
        select
        from pg_catalog.pg_depend
        where
            pg_depend.classid = 'pg_catalog.pg_class'::regclass
            and pg_depend.objid = pg_class.oid
            and pg_depend.deptype = 'e'
    )
group by pg_class.oid, pg_roles.rolname
order by object;
