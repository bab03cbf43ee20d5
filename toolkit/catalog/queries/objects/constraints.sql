-- Constraints of tables and domains. Not-null belongs to the column, a constraint trigger to the
-- triggers. A foreign key whose own triggers are switched off says so: no dump does.
with
enforcement as (
    select
        pg_trigger.tgconstraint,
        string_agg(
            distinct case pg_trigger.tgenabled
                when 'D' then 'disabled'
                when 'A' then 'always'
                when 'R' then 'replica'
                else 'origin'
            end,
            ', '
        ) as state
    from pg_catalog.pg_trigger
    where pg_trigger.tgisinternal and pg_trigger.tgconstraint <> 0
    group by pg_trigger.tgconstraint
    having bool_or(pg_trigger.tgenabled <> 'O')
)

select
    'constraint' as kind,
    coalesce(relations.nspname, namespaces.nspname) as schema,
    coalesce(relations.relname, pg_type.typname) as name,
    pg_constraint.conname as part,
    'pg_constraint'::regclass as catalog,
    pg_constraint.oid as object,
    0 as sub,
    case
        when pg_constraint.conparentid <> 0 then 'pg_constraint'
        when relations.oid is null then 'pg_type'
        else 'pg_class'
    end::regclass as parent_catalog,
    coalesce(nullif(pg_constraint.conparentid, 0), relations.oid, pg_type.oid) as parent_object,
    0 as parent_sub,
    json_build_object(
        'definition', pg_get_constraintdef(pg_constraint.oid),
        'inherited',
        case
            when
                pg_constraint.conparentid = 0
                and pg_constraint.coninhcount > 0
                and not pg_constraint.conislocal
                then true
        end,
        'enforcement', enforcement.state
    ) as attributes
from pg_catalog.pg_constraint
left join relations
    on pg_constraint.conrelid = relations.oid
left join pg_catalog.pg_type
    on
        pg_constraint.contypid = pg_type.oid
        and pg_constraint.contypid <> 0
        and not exists (
            select from members
            where members.classid = 'pg_type'::regclass and members.objid = pg_type.oid
        )
left join namespaces
    on pg_type.typnamespace = namespaces.oid
left join enforcement
    on pg_constraint.oid = enforcement.tgconstraint
where
    pg_constraint.contype in ('c', 'f', 'p', 'u', 'x')
    and (relations.oid is not null or namespaces.oid is not null);
