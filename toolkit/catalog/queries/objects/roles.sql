-- Roles and memberships of the cluster; the reader keeps those in use. The columns that say whether
-- a member inherits and may SET ROLE are younger than 15, where every member does and may.
select
    'role' as kind,
    '' as schema,
    pg_roles.rolname as name,
    '' as part,
    'pg_authid'::regclass as catalog,
    pg_roles.oid as object,
    0 as sub,
    null::oid as parent_catalog,
    null::oid as parent_object,
    null::int as parent_sub,
    json_build_object(
        'superuser', pg_roles.rolsuper,
        'inherit', pg_roles.rolinherit,
        'createrole', pg_roles.rolcreaterole,
        'createdb', pg_roles.rolcreatedb,
        'login', pg_roles.rolcanlogin,
        'replication', pg_roles.rolreplication,
        'bypassrls', pg_roles.rolbypassrls,
        'connection_limit', nullif(pg_roles.rolconnlimit, -1),
        'valid_until', nullif(pg_roles.rolvaliduntil, 'infinity')
    ) as attributes
from pg_catalog.pg_roles
where not starts_with(pg_roles.rolname, 'pg_')

union all

select
    'membership' as kind,
    '' as schema,
    pg_get_userbyid(pg_auth_members.roleid) as name,
    pg_get_userbyid(pg_auth_members.member) as part,
    null::oid as catalog,
    null::oid as object,
    0 as sub,
    'pg_authid'::regclass as parent_catalog,
    pg_auth_members.roleid as parent_object,
    0 as parent_sub,
    json_build_object(
        'admin', bool_or(pg_auth_members.admin_option),
        'inherit', bool_or((to_json(pg_auth_members) ->> 'inherit_option')::boolean),
        'set', bool_or((to_json(pg_auth_members) ->> 'set_option')::boolean)
    ) as attributes
from pg_catalog.pg_auth_members
group by pg_auth_members.roleid, pg_auth_members.member;
