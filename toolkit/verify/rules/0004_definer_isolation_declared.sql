-- purpose: A SECURITY DEFINER function that the API's roles may execute is declared for the proof
--          of isolation, or for the one that it answers everybody alike.
-- why:     It decides by itself whose rows it returns, and no catalog shows whether it decides
--          well: only calling it as everybody does.

select
    pg_proc.oid::regprocedure::text as object,
    pg_catalog.format(
        'It may be executed by %s, and nothing proves whose rows it returns.',
        pg_catalog.string_agg(
            pg_catalog.quote_ident(pg_roles.rolname), ', ' order by pg_roles.rolname
        )
    ) as detail,
    'Declare it in pyproject.toml, under isolation or shared, or revoke execute.' as hint
from pg_catalog.pg_proc
inner join pg_catalog.pg_namespace
    on pg_proc.pronamespace = pg_namespace.oid
inner join pg_catalog.pg_roles
    on
        pg_roles.rolname = any(pg_catalog.current_setting('hephaitos.api_roles')::text[])
        and pg_catalog.has_function_privilege(pg_roles.oid, pg_proc.oid, 'execute')
where
    pg_namespace.nspname = any(pg_catalog.current_setting('hephaitos.schemas')::text[])
    and pg_proc.prosecdef
    -- Whoever calls these by hand gets an error, whatever is in them.
    and pg_proc.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and not exists (
        select
        from pg_catalog.unnest(
            pg_catalog.current_setting('hephaitos.proven_functions')::text[]
        ) as declared (signature)
        where pg_catalog.to_regprocedure(declared.signature) = pg_proc.oid
    )
group by pg_proc.oid
order by object;
