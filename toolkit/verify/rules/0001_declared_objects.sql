-- purpose: Every schema, role, table and function that pyproject.toml declares exists.
-- why:     A rule that looks into a misspelt schema finds nothing, and so would pass for ever.

with declared as (
    select
        'schema ' || wanted.name as object,
        pg_catalog.to_regnamespace(pg_catalog.quote_ident(wanted.name)) is not null as is_there
    from pg_catalog.unnest(
        pg_catalog.current_setting('hephaitos.schemas')::text[]
        || pg_catalog.current_setting('hephaitos.private_schemas')::text[]
    ) as wanted (name)
    union all
    select
        'role ' || wanted.name as object,
        pg_catalog.to_regrole(pg_catalog.quote_ident(wanted.name)) is not null as is_there
    from pg_catalog.unnest(
        pg_catalog.current_setting('hephaitos.api_roles')::text[]
        || pg_catalog.current_setting('hephaitos.service_role')
    ) as wanted (name)
    union all
    select
        'table ' || wanted.name as object,
        pg_catalog.to_regclass(wanted.name) is not null as is_there
    from pg_catalog.unnest(
        pg_catalog.current_setting('hephaitos.public_tables')::text[]
    ) as wanted (name)
    union all
    select
        'function ' || wanted.name as object,
        pg_catalog.to_regprocedure(wanted.name) is not null as is_there
    from pg_catalog.unnest(
        pg_catalog.current_setting('hephaitos.proven_functions')::text[]
    ) as wanted (name)
)

select distinct
    declared.object,
    'It is declared in pyproject.toml, and this database has no such thing.' as detail,
    'Correct its name under [tool.hephaitos], or apply the revision that makes it.' as hint
from declared
where not declared.is_there
order by declared.object;
