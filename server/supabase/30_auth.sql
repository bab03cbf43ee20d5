-- Stands in for: schema auth: the table users and the functions that read a request's claims.
-- Leaves out:    sessions, identities, tokens, factors, every column that holds a one-time token,
--                and the auth service itself: nobody signs in here.
-- Runs:          once in a fresh database; on a real Supabase the first statement fails.

create schema auth;
comment on schema auth is 'stand-in for Supabase Auth: users and claims only';

grant all on schema auth to supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role, migrator;

set local role supabase_auth_admin;

create table auth.users (
    instance_id uuid,
    id uuid not null,
    aud varchar(255),
    role varchar(255),
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    invited_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamptz,
    updated_at timestamptz,
    phone text default null,
    phone_confirmed_at timestamptz,
    confirmed_at timestamptz generated always as (
        least(email_confirmed_at, phone_confirmed_at)
    ) stored,
    banned_until timestamptz,
    is_sso_user boolean not null default false,
    deleted_at timestamptz,
    is_anonymous boolean not null default false,
    constraint users_pkey primary key (id),
    constraint users_phone_key unique (phone)
);

-- One address can belong to several people who sign in through different companies.
create unique index users_email_partial_key on auth.users (email) where not is_sso_user;
create index users_instance_id_idx on auth.users (instance_id);
create index users_instance_id_email_idx on auth.users (instance_id, lower(email));
create index users_is_anonymous_idx on auth.users (is_anonymous);

alter table auth.users enable row level security;
comment on table auth.users is 'people who can sign in';

-- references and trigger are what a migration needs: foreign keys, and acting on a sign-up.
grant all on table auth.users to migrator;
grant select on table auth.users to migrator with grant option;

create function auth.jwt()
returns jsonb
language sql
stable
security invoker
begin atomic
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb;
end;

create function auth.uid()
returns uuid
language sql
stable
security invoker
begin atomic
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid;
end;

create function auth.role()
returns text
language sql
stable
security invoker
begin atomic
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    );
end;

create function auth.email()
returns text
language sql
stable
security invoker
begin atomic
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    );
end;

comment on function auth.jwt() is 'all claims of this request';
comment on function auth.uid() is 'who makes this request: claim sub';
comment on function auth.role() is 'as which role: claim role';
comment on function auth.email() is 'their address: claim email';

reset role;
