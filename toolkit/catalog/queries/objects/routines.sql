-- Functions, procedures and window functions. The definition is the whole; the other attributes
-- are its parts, the body as a hash.
select
    case pg_proc.prokind when 'p' then 'procedure' else 'function' end as kind,
    namespaces.nspname as schema,
    pg_proc.proname as name,
    oidvectortypes(pg_proc.proargtypes) as part,
    'pg_proc'::regclass as catalog,
    pg_proc.oid as object,
    0 as sub,
    'pg_namespace'::regclass as parent_catalog,
    pg_proc.pronamespace as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_proc.proowner),
        'arguments', pg_get_function_arguments(pg_proc.oid),
        'returns', pg_get_function_result(pg_proc.oid),
        'language', pg_language.lanname,
        'window', case when pg_proc.prokind = 'w' then true end,
        'volatility',
        case pg_proc.provolatile
            when 'i' then 'immutable'
            when 's' then 'stable'
            when 'v' then 'volatile'
        end,
        'strict', case when pg_proc.proisstrict then true end,
        'security', case when pg_proc.prosecdef then 'definer' else 'invoker' end,
        'leakproof', case when pg_proc.proleakproof then true end,
        'parallel',
        case pg_proc.proparallel
            when 's' then 'safe'
            when 'r' then 'restricted'
            when 'u' then 'unsafe'
        end,
        'cost', pg_proc.procost,
        'rows', nullif(pg_proc.prorows, 0),
        'support', case when pg_proc.prosupport <> 0 then pg_proc.prosupport::regproc end,
        'transforms', (
            select json_agg(format_type(transform, null) order by format_type(transform, null))
            from unnest(pg_proc.protrftypes) as transforms (transform)
        ),
        'library', pg_proc.probin,
        -- What was parsed is printed, and hashed where printings are made equal.
        'body',
        coalesce(
            pg_get_function_sqlbody(pg_proc.oid),
            encode(sha256(convert_to(pg_proc.prosrc, 'UTF8')), 'hex')
        ),
        'definition', pg_get_functiondef(pg_proc.oid)
    ) as attributes
from pg_catalog.pg_proc
inner join namespaces
    on pg_proc.pronamespace = namespaces.oid
inner join pg_catalog.pg_language
    on pg_proc.prolang = pg_language.oid
where
    pg_proc.prokind in ('f', 'p', 'w')
    and not exists (
        select from members
        where members.classid = 'pg_proc'::regclass and members.objid = pg_proc.oid
    );
