-- Comments, those on roles of the cluster too.
select
    pg_description.classoid as catalog,
    pg_description.objoid as object,
    pg_description.objsubid as sub,
    'comment' as attribute,
    '' as subject,
    pg_description.description as value
from pg_catalog.pg_description
where pg_description.objoid >= 16384 or pg_description.classoid = 'pg_namespace'::regclass

union all

select
    pg_shdescription.classoid as catalog,
    pg_shdescription.objoid as object,
    0 as sub,
    'comment' as attribute,
    '' as subject,
    pg_shdescription.description as value
from pg_catalog.pg_shdescription
where pg_shdescription.classoid = 'pg_authid'::regclass;
