-- Stands in for: the roles of a Supabase project, their memberships and settings.
-- Leaves out:    supabase_etl_admin, supabase_functions_admin, pgtle_admin; safeupdate, preloaded
--                for authenticator there; reserved roles: here CREATEROLE may alter anon.
-- Runs:          once a cluster and again without harm, as supabase_admin, the bootstrap superuser.
-- Variables:     migrator_password.
-- No other role gets a password: with scram nobody can log in as one of them.

do $$
begin
    if exists (
        select from pg_catalog.pg_roles
        where
            pg_roles.rolname = 'supabase_auth_admin'
            and pg_catalog.shobj_description('supabase_admin'::regrole, 'pg_authid')
            is distinct from 'stand-in for Supabase, made by hephaitos'
    ) then
        raise exception 'this server is a real Supabase'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = 'Its roles exist and were not made by this file.',
                  hint = 'Install the stand-in on a scratch server only.';
    end if;
end;
$$;

-- How the toolkit tells this server from a real Supabase (toolkit.prepare.is_real_supabase).
comment on role supabase_admin is 'stand-in for Supabase, made by hephaitos';

select pg_catalog.format('create role %I', wanted.rolname)
from
    unnest(array[
        'migrator',
        'anon',
        'authenticated',
        'service_role',
        'authenticator',
        'supabase_auth_admin',
        'supabase_storage_admin',
        'supabase_realtime_admin',
        'supabase_replication_admin',
        'supabase_read_only_user',
        'dashboard_user',
        'pgbouncer'
    ]) as wanted (rolname)
where
    not exists (
        select from pg_catalog.pg_roles
        where pg_roles.rolname = wanted.rolname
    )
\gexec

-- What `postgres` is on Supabase; that name belongs to the superuser of many a vanilla server.
alter role migrator nosuperuser login inherit createdb createrole replication bypassrls
password :'migrator_password';
comment on role migrator is 'applies migrations; the role that Supabase calls postgres';

alter role anon nologin inherit;
alter role authenticated nologin inherit;
alter role service_role nologin inherit bypassrls;
alter role authenticator login noinherit;
alter role supabase_auth_admin login noinherit;
alter role supabase_storage_admin login noinherit createrole;
alter role supabase_realtime_admin nologin noinherit;
alter role supabase_replication_admin login replication;
alter role supabase_read_only_user login bypassrls;
alter role dashboard_user nologin createdb createrole replication;
alter role pgbouncer login;

-- Settings of a role act at its login, never on `set role`.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role migrator set search_path = "$user", public, extensions;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_realtime_admin;
-- The storage service logs in as its own role and becomes the caller's for each request.
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user;

-- As there. From 16 on only ADMIN lets a role hand on what it has, so Supabase grants that too.
grant anon, authenticated, service_role to migrator;
grant pg_monitor, pg_read_all_data, pg_signal_backend to migrator;
select :SERVER_VERSION_NUM >= 160000 as has_admin_rule
\gset
\if :has_admin_rule
grant anon, authenticated, service_role, authenticator to migrator with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to migrator with admin option;
\endif

-- Not as there. On Supabase the library supautils lets postgres write policies and drop triggers
-- on the platform's tables. Plain Postgres lets only their owner, so migrator joins the owners
-- here, and 80_supautils.sql refuses whatever supautils would not have allowed.
grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to migrator;

-- supautils again: two of the superuser's settings that postgres may change.
grant set on parameter session_replication_role, track_io_timing to migrator;
