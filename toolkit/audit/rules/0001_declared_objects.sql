-- purpose: Every table and function that [tool.hephaitos.audit] declares exists.
-- why:     A misspelt table is one that nobody looks at.

with wanted as (
    select pg_catalog.to_jsonb(entry) as entry
    from pg_catalog.jsonb_array_elements(
        pg_catalog.current_setting('hephaitos.audit_wanted')::jsonb
    ) as entry
),

named as (
    select 'table' as kind, wanted.entry ->> 'name' as name
    from wanted
    union
    select 'table', pg_catalog.current_setting('hephaitos.audit_log')
    union
    select 'function', wanted.entry ->> 'function'
    from wanted
    union
    select 'function', pg_catalog.current_setting('hephaitos.audit_guard')
)

select
    named.name as object,
    pg_catalog.format('There is no such %s.', named.kind) as detail,
    'Correct its name in pyproject.toml, or make it.' as hint
from named
where
    case named.kind
        when 'table' then pg_catalog.to_regclass(named.name) is null
        else pg_catalog.to_regprocedure(named.name) is null
    end
order by object;
