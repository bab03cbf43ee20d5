-- purpose: Every trigger fires, those behind foreign keys included.
-- why:     One that was switched off for a bulk load and forgotten lets audit rows and totals go
--          missing, without an error.

select
    pg_catalog.format(
        '%s on %s',
        coalesce(
            'constraint ' || pg_catalog.quote_ident(pg_constraint.conname),
            'trigger ' || pg_catalog.quote_ident(pg_trigger.tgname)
        ),
        pg_trigger.tgrelid::regclass
    ) as object,
    case pg_trigger.tgenabled
        when 'D' then 'It is disabled.'
        else 'It fires for replication only, never for an ordinary statement.'
    end as detail,
    pg_catalog.format(
        'alter table %s enable trigger %s.',
        pg_trigger.tgrelid::regclass,
        case
            when pg_trigger.tgisinternal then 'all'
            else pg_catalog.quote_ident(pg_trigger.tgname)
        end
    ) as hint
from pg_catalog.pg_trigger
inner join pg_catalog.pg_class
    on pg_trigger.tgrelid = pg_class.oid
inner join pg_catalog.pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
left join pg_catalog.pg_constraint
    on pg_trigger.tgconstraint = pg_constraint.oid
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_trigger.tgenabled in ('D', 'R')
group by 1, 2, 3
order by object;
