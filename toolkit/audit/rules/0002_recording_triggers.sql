-- purpose: Every audited table and each of its partitions has a trigger for every event, once a
--          statement, and it fires always.
-- why:     A statement that names a partition fires none of the table's own statement triggers, and
--          a session that calls itself a replica only those that fire always.

with wanted as (
    select
        relation.oid as relation_oid,
        entry.value ->> 'event' as event,
        pg_catalog.to_regprocedure(entry.value ->> 'function') as function_oid
    from pg_catalog.jsonb_array_elements(
        pg_catalog.current_setting('hephaitos.audit_wanted')::jsonb
    ) as entry (value)
    cross join lateral (
        select pg_catalog.to_regclass(entry.value ->> 'name')::oid as oid
        union
        select pg_partition_tree.relid::oid
        from pg_catalog.pg_partition_tree(pg_catalog.to_regclass(entry.value ->> 'name'))
    ) as relation
    where relation.oid is not null
),

found as (
    select
        wanted.relation_oid,
        wanted.event,
        wanted.function_oid,
        pg_catalog.count(pg_trigger.oid) as trigger_count,
        pg_catalog.min(pg_trigger.tgname) as trigger_name,
        pg_catalog.max(pg_trigger.tgenabled) as fires
    from wanted
    left join pg_catalog.pg_trigger
        on
            wanted.relation_oid = pg_trigger.tgrelid
            and wanted.function_oid = pg_trigger.tgfoid
            and not pg_trigger.tgisinternal
            -- After, and once a statement.
            and pg_trigger.tgtype & 67 = 0
            and pg_trigger.tgqual is null
            and pg_trigger.tgtype & case wanted.event
                when 'insert' then 4
                when 'delete' then 8
                when 'update' then 16
                else 32
            end <> 0
            -- Of these columns only, or of all.
            and pg_catalog.cardinality(pg_trigger.tgattr::smallint[]) = 0
    group by wanted.relation_oid, wanted.event, wanted.function_oid
)

select
    pg_catalog.format('%s of %s', found.event, found.relation_oid::regclass) as object,
    case
        when found.trigger_count = 0 then 'Nothing records it.'
        when found.trigger_count > 1
            then pg_catalog.format('%s triggers record it, each once.', found.trigger_count)
        when found.fires = 'D' then pg_catalog.format('Trigger %I is disabled.', found.trigger_name)
        else pg_catalog.format('Trigger %I keeps still for some sessions.', found.trigger_name)
    end as detail,
    case
        when found.trigger_count = 0
            then pg_catalog.format(
                'Create a trigger after %s on %s for each statement that executes %s.',
                found.event, found.relation_oid::regclass, found.function_oid
            )
        when found.trigger_count > 1 then 'Drop all of them but one.'
        else pg_catalog.format(
            'alter table %s enable always trigger %I.',
            found.relation_oid::regclass, found.trigger_name
        )
    end as hint
from found
where found.trigger_count <> 1 or found.fires <> 'A'
order by object;
