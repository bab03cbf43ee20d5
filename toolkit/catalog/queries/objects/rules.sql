-- Rewrite rules, except the one that makes a view a view.
select
    'rule' as kind,
    relations.nspname as schema,
    relations.relname as name,
    pg_rewrite.rulename as part,
    'pg_rewrite'::regclass as catalog,
    pg_rewrite.oid as object,
    0 as sub,
    'pg_class'::regclass as parent_catalog,
    relations.oid as parent_object,
    0 as parent_sub,
    json_build_object(
        'definition', pg_get_ruledef(pg_rewrite.oid),
        'enabled',
        case pg_rewrite.ev_enabled
            when 'O' then 'origin'
            when 'D' then 'disabled'
            when 'R' then 'replica'
            when 'A' then 'always'
        end
    ) as attributes
from relations
inner join pg_catalog.pg_rewrite
    on relations.oid = pg_rewrite.ev_class
where pg_rewrite.rulename <> '_RETURN';
