-- What needs what, by address: an object, and an object that it cannot do without. A row with `=`
-- says that the first address is only another name for the second: the rule behind a view, the row
-- type of a relation, the array of a type, the default of a column.
select
    '=' as strength,
    'pg_rewrite'::regclass::oid as catalog,
    pg_rewrite.oid as object,
    0 as sub,
    'pg_class'::regclass::oid as needed_catalog,
    pg_rewrite.ev_class as needed_object,
    0 as needed_sub
from pg_catalog.pg_rewrite
where pg_rewrite.oid >= 16384 and pg_rewrite.rulename = '_RETURN'

union all

select
    '=', 'pg_attrdef'::regclass, pg_attrdef.oid, 0,
    'pg_class'::regclass, pg_attrdef.adrelid, pg_attrdef.adnum
from pg_catalog.pg_attrdef
where pg_attrdef.oid >= 16384

union all

-- A composite type is named by its pg_type row and owns columns through its pg_class row.
select
    '=', 'pg_class'::regclass, pg_type.typrelid, 0,
    'pg_type'::regclass, pg_type.oid, 0
from pg_catalog.pg_type
inner join pg_catalog.pg_class
    on pg_type.typrelid = pg_class.oid
where pg_type.oid >= 16384 and pg_class.relkind = 'c'

union all

select
    '=', 'pg_type'::regclass, pg_type.oid, 0,
    'pg_class'::regclass, pg_type.typrelid, 0
from pg_catalog.pg_type
inner join pg_catalog.pg_class
    on pg_type.typrelid = pg_class.oid
where pg_type.oid >= 16384 and pg_class.relkind <> 'c'

union all

select
    '=', 'pg_type'::regclass, pg_type.typarray, 0,
    'pg_type'::regclass, pg_type.oid, 0
from pg_catalog.pg_type
where pg_type.oid >= 16384 and pg_type.typarray <> 0

union all

select
    pg_depend.deptype::text, pg_depend.classid, pg_depend.objid, pg_depend.objsubid,
    pg_depend.refclassid, pg_depend.refobjid, pg_depend.refobjsubid
from pg_catalog.pg_depend
where
    pg_depend.objid >= 16384
    and pg_depend.refobjid >= 16384
    and pg_depend.deptype in ('n', 'a', 'i', 'P', 'S')
    and pg_depend.refclassid <> 'pg_namespace'::regclass;
