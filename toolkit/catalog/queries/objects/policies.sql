-- Row-security policies.
select
    'policy' as kind,
    relations.nspname as schema,
    relations.relname as name,
    pg_policy.polname as part,
    'pg_policy'::regclass as catalog,
    pg_policy.oid as object,
    0 as sub,
    'pg_class'::regclass as parent_catalog,
    relations.oid as parent_object,
    0 as parent_sub,
    json_build_object(
        'command',
        case pg_policy.polcmd
            when 'r' then 'select'
            when 'a' then 'insert'
            when 'w' then 'update'
            when 'd' then 'delete'
            else 'all'
        end,
        'restrictive', case when not pg_policy.polpermissive then true end,
        'roles', (
            select
                json_agg(
                    case grantee when 0 then 'public' else pg_get_userbyid(grantee) end
                )
            from unnest(pg_policy.polroles) as grantees (grantee)
        ),
        'using', pg_get_expr(pg_policy.polqual, pg_policy.polrelid),
        'with_check', pg_get_expr(pg_policy.polwithcheck, pg_policy.polrelid)
    ) as attributes
from relations
inner join pg_catalog.pg_policy
    on relations.oid = pg_policy.polrelid;
