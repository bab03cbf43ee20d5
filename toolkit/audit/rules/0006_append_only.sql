-- purpose: The record and each of its partitions is guarded against update, delete and truncate,
--          and nobody but its owner is granted them.
-- why:     What can be rewritten proves nothing.

with relations as (
    select pg_class.oid, pg_class.relowner, pg_class.relacl, pg_class.relispartition
    from pg_catalog.pg_class
    where
        pg_class.oid
        = pg_catalog.to_regclass(pg_catalog.current_setting('hephaitos.audit_log'))
        or pg_class.oid in (
            select pg_partition_tree.relid
            from pg_catalog.pg_partition_tree(
                pg_catalog.to_regclass(pg_catalog.current_setting('hephaitos.audit_log'))
            )
        )
),

guarded as (
    select
        relations.oid,
        event.name,
        pg_catalog.bool_or(pg_trigger.tgenabled = 'A') as fires_always
    from relations
    cross join (values ('update', 16), ('delete', 8), ('truncate', 32)) as event (name, bit)
    left join pg_catalog.pg_trigger
        on
            relations.oid = pg_trigger.tgrelid
            and pg_trigger.tgfoid = pg_catalog.to_regprocedure(
                pg_catalog.current_setting('hephaitos.audit_guard')
            )
            and pg_trigger.tgtype & event.bit <> 0
            -- Before.
            and pg_trigger.tgtype & 2 <> 0
            and pg_trigger.tgqual is null
    group by relations.oid, event.name
)

select
    pg_catalog.format('%s of %s', guarded.name, guarded.oid::regclass) as object,
    case
        when guarded.fires_always is null then 'Nothing refuses it.'
        else 'What refuses it is disabled, or keeps still for some sessions.'
    end as detail,
    pg_catalog.format(
        'Give %s the trigger that the others have, enabled always.', guarded.oid::regclass
    ) as hint
from guarded
where guarded.fires_always is not true
union all
select
    relations.oid::regclass::text as object,
    pg_catalog.format(
        '%s may %s it.',
        case entry.grantee when 0 then 'Everybody' else entry.grantee::regrole::text end,
        pg_catalog.lower(entry.privilege_type)
    ) as detail,
    pg_catalog.format(
        'revoke %s on %s from %s.', pg_catalog.lower(entry.privilege_type),
        relations.oid::regclass,
        case entry.grantee when 0 then 'public' else entry.grantee::regrole::text end
    ) as hint
from relations
cross join lateral pg_catalog.aclexplode(relations.relacl) as entry
where
    entry.grantee <> relations.relowner
    -- What is addressed to a partition goes around the policies of the record.
    and (relations.relispartition or entry.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE'))
order by object, detail;
