-- Triggers that somebody wrote. The parent of a partition's copy is the trigger it was copied from.
select
    'trigger' as kind,
    relations.nspname as schema,
    relations.relname as name,
    pg_trigger.tgname as part,
    'pg_trigger'::regclass as catalog,
    pg_trigger.oid as object,
    0 as sub,
    case when pg_trigger.tgparentid = 0 then 'pg_class' else 'pg_trigger' end::regclass
        as parent_catalog,
    coalesce(nullif(pg_trigger.tgparentid, 0), relations.oid) as parent_object,
    0 as parent_sub,
    json_build_object(
        'definition', pg_get_triggerdef(pg_trigger.oid),
        'enabled',
        case pg_trigger.tgenabled
            when 'O' then 'origin'
            when 'D' then 'disabled'
            when 'R' then 'replica'
            when 'A' then 'always'
        end
    ) as attributes
from relations
inner join pg_catalog.pg_trigger
    on relations.oid = pg_trigger.tgrelid
where not pg_trigger.tgisinternal;
