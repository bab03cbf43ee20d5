-- What every family of objects/ shares. The reader puts this first and appends the families with
-- `union all`, so that all of them are one statement; the last select names and types the columns.
--
-- kind, schema, name, part          who the object is, see facts.Identity
-- catalog, object, sub              its address, as in pg_depend; never kept
-- parent_catalog, …                 the address of what it cannot exist without
-- attributes                        the rest; a null attribute counts as absent
with
namespaces as (
    select pg_namespace.oid, pg_namespace.nspname
    from pg_catalog.pg_namespace
    where
        not starts_with(pg_namespace.nspname, 'pg_')
        and pg_namespace.nspname <> 'information_schema'
),

-- Made by an extension, or by a range type for itself.
members as materialized (
    select pg_depend.classid, pg_depend.objid
    from pg_catalog.pg_depend
    where
        pg_depend.deptype = 'e'
        or (
            pg_depend.deptype = 'i'
            and pg_depend.classid in ('pg_proc'::regclass, 'pg_cast'::regclass)
        )
),

relations as materialized (
    select
        pg_class.oid,
        namespaces.nspname,
        pg_class.relname,
        pg_class.relkind,
        pg_class.relowner,
        pg_class.relnamespace,
        pg_class.relpersistence,
        pg_class.relispartition
    from pg_catalog.pg_class
    inner join namespaces
        on pg_class.relnamespace = namespaces.oid
    where
        not exists (
            select from members
            where members.classid = 'pg_class'::regclass and members.objid = pg_class.oid
        )
)

select
    null::text as kind,
    null::text as schema,
    null::text as name,
    null::text as part,
    null::oid as catalog,
    null::oid as object,
    null::int as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    null::json as attributes
where false;
