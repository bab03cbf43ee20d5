-- purpose: No rows reach an audited table by a way on which statement triggers are silent.
-- why:     A subscription applies what it receives without them, and a child by inheritance has
--          rows, of which the parent's triggers see a part or nothing.

with audited as (
    select distinct pg_catalog.to_regclass(entry.value ->> 'name')::oid as table_oid
    from pg_catalog.jsonb_array_elements(
        pg_catalog.current_setting('hephaitos.audit_wanted')::jsonb
    ) as entry (value)
),

relations as (
    select audited.table_oid as relation_oid
    from audited
    where audited.table_oid is not null
    union
    select pg_partition_tree.relid::oid
    from audited
    cross join pg_catalog.pg_partition_tree(audited.table_oid::regclass)
)

select
    relations.relation_oid::regclass::text as object,
    'A subscription writes it.' as detail,
    'Audit it where it is published.' as hint
from relations
inner join pg_catalog.pg_subscription_rel
    on relations.relation_oid = pg_subscription_rel.srrelid
union all
select
    pg_inherits.inhrelid::regclass::text as object,
    pg_catalog.format('It inherits from %s.', relations.relation_oid::regclass) as detail,
    'Make it a partition, or no child.' as hint
from relations
inner join pg_catalog.pg_inherits
    on relations.relation_oid = pg_inherits.inhparent
inner join pg_catalog.pg_class
    on pg_inherits.inhrelid = pg_class.oid
where not pg_class.relispartition
order by object;
