-- purpose: Every table has a primary key.
-- why:     Without one a row cannot be named: not by the audit log, not by replication, and an
--          update of a published table fails.

select
    pg_class.oid::regclass::text as object,
    'It has no primary key.' as detail,
    pg_catalog.format('alter table %s add primary key.', pg_class.oid::regclass) as hint
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_class.relkind in ('r', 'p')
    and not pg_class.relispartition
    and not exists (
        select
        from pg_catalog.pg_constraint
        where
            pg_constraint.conrelid = pg_class.oid
            and pg_constraint.contype = 'p'
    )
    and not exists (
        select
        from pg_catalog.pg_depend
        where
            pg_depend.classid = 'pg_catalog.pg_class'::regclass
            and pg_depend.objid = pg_class.oid
            and pg_depend.deptype = 'e'
    )
order by object;
