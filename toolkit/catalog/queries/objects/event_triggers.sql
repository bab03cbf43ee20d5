-- Event triggers.
select
    'event trigger' as kind,
    '' as schema,
    pg_event_trigger.evtname as name,
    '' as part,
    'pg_event_trigger'::regclass as catalog,
    pg_event_trigger.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_event_trigger.evtowner),
        'event', pg_event_trigger.evtevent,
        'tags', (
            select json_agg(tag order by tag)
            from unnest(pg_event_trigger.evttags) as tags (tag)
        ),
        'function', pg_event_trigger.evtfoid::regproc,
        'enabled',
        case pg_event_trigger.evtenabled
            when 'O' then 'origin'
            when 'D' then 'disabled'
            when 'R' then 'replica'
            when 'A' then 'always'
        end
    ) as attributes
from pg_catalog.pg_event_trigger
where
    not exists (
        select from members
        where
            members.classid = 'pg_event_trigger'::regclass
            and members.objid = pg_event_trigger.oid
    );
