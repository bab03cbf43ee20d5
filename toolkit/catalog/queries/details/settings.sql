-- Settings attached to roles, to this database and to routines, and the storage options of
-- relations and columns: `name=value` lists, one row an entry.
with
lists as (
    select
        'pg_authid'::regclass as catalog,
        pg_db_role_setting.setrole as object,
        0 as sub,
        case pg_db_role_setting.setdatabase when 0 then 'setting' else 'setting here' end
            as attribute,
        pg_db_role_setting.setconfig as entries
    from pg_catalog.pg_db_role_setting
    left join pg_catalog.pg_database
        on pg_db_role_setting.setdatabase = pg_database.oid
    where
        pg_db_role_setting.setrole <> 0
        and (pg_db_role_setting.setdatabase = 0 or pg_database.datname = current_database())
    union all
    select
        'pg_database'::regclass, pg_database.oid, 0, 'setting', pg_db_role_setting.setconfig
    from pg_catalog.pg_db_role_setting
    inner join pg_catalog.pg_database
        on pg_db_role_setting.setdatabase = pg_database.oid
    where pg_db_role_setting.setrole = 0 and pg_database.datname = current_database()
    union all
    select 'pg_proc'::regclass, pg_proc.oid, 0, 'setting', pg_proc.proconfig
    from pg_catalog.pg_proc
    where pg_proc.oid >= 16384 and pg_proc.proconfig is not null
    union all
    select 'pg_class'::regclass, pg_class.oid, 0, 'option', pg_class.reloptions
    from pg_catalog.pg_class
    where
        pg_class.oid >= 16384
        and pg_class.reloptions is not null
        -- An index's options are part of its definition.
        and pg_class.relkind in ('r', 'p', 'v', 'm')
    union all
    select 'pg_class'::regclass, pg_class.oid, 0, 'toast option', toast.reloptions
    from pg_catalog.pg_class
    inner join pg_catalog.pg_class as toast
        on pg_class.reltoastrelid = toast.oid
    where pg_class.oid >= 16384 and toast.reloptions is not null
    union all
    select
        'pg_class'::regclass, pg_attribute.attrelid, pg_attribute.attnum, 'option',
        pg_attribute.attoptions
    from pg_catalog.pg_attribute
    where pg_attribute.attrelid >= 16384 and pg_attribute.attoptions is not null
)

select
    lists.catalog,
    lists.object,
    lists.sub,
    lists.attribute,
    split_part(entry, '=', 1) as subject,
    substr(entry, strpos(entry, '=') + 1) as value
from lists
cross join lateral unnest(lists.entries) as entries (entry)
-- What the server counts for itself (since 17.12) is no choice of anybody's.
where split_part(entry, '=', 1) <> 'pg_attver';
