-- Extended statistics.
select
    'statistics' as kind,
    namespaces.nspname as schema,
    pg_statistic_ext.stxname as name,
    '' as part,
    'pg_statistic_ext'::regclass as catalog,
    pg_statistic_ext.oid as object,
    0 as sub,
    'pg_class'::regclass as parent_catalog,
    pg_statistic_ext.stxrelid as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_statistic_ext.stxowner),
        'definition', pg_get_statisticsobjdef(pg_statistic_ext.oid),
        'statistics', nullif(pg_statistic_ext.stxstattarget, -1)
    ) as attributes
from pg_catalog.pg_statistic_ext
inner join namespaces
    on pg_statistic_ext.stxnamespace = namespaces.oid
where
    not exists (
        select from members
        where
            members.classid = 'pg_statistic_ext'::regclass
            and members.objid = pg_statistic_ext.oid
    );
