set local lock_timeout = '2s';

-- changes: 1 schema changed, 2 schemas made, 1 table made, 1 default privileges made
-- locks:   share row exclusive on auth.users
-- loses:   nothing

-- change:
create schema internal;
create schema audit;

-- file: sql/access/public.sql
-- purpose:    Let the owners of our functions reach public; keep new functions closed.
-- security:   PUBLIC may execute any new function unless the role that makes it says otherwise. The
--             form "in schema public" changes nothing, so this holds for all that migrator makes.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own.

grant usage on schema public to hephaitos_api, hephaitos_internal;

alter default privileges revoke execute on functions from public;

-- file: sql/access/internal.sql
-- purpose:    internal holds the functions behind triggers, jobs and guards, and their queues.
-- security:   no role of the API may enter.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own.

revoke all on schema internal from public, anon, authenticated, service_role;
grant usage on schema internal to hephaitos_api, hephaitos_internal;

-- file: sql/access/audit.sql
-- purpose:    audit holds the record of what changed.
-- security:   no role of the API may enter.
-- complexity: catalog rows only.
-- callers:    hephaitos_internal, inside the trigger functions it owns.

revoke all on schema audit from public, anon, authenticated, service_role;
grant usage on schema audit to hephaitos_internal;

-- change:
create table public.profiles (
    id uuid not null,
    email text,
    display_name text,
    plan text not null default 'free',
    time_zone text not null default 'UTC',
    digest_opt_out boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint profiles_pkey primary key (id),
    constraint profiles_id_fkey foreign key (id) references auth.users (id) on delete cascade,
    constraint profiles_email_check
    check (char_length(email) <= 320 and email ~ '^[^@\s]+@[^@\s]+$'),
    constraint profiles_display_name_check
    check (char_length(display_name) between 1 and 100),
    constraint profiles_plan_check check (plan in ('free', 'pro', 'team')),
    -- An unknown zone raises 22023 here, and not in the digest that wants to use it.
    constraint profiles_time_zone_check
    check (char_length(time_zone) <= 64 and (created_at at time zone time_zone) is not null),
    constraint profiles_updated_at_check check (updated_at >= created_at)
);

comment on table public.profiles is
'One row per person who signs up. Deleting the sign-in deletes it, and everything of that user.';
comment on column public.profiles.email is
'Copy of the sign-in address, written by services; null for who signed up without one.';
comment on column public.profiles.time_zone is 'IANA name; digests go out by this clock.';
comment on constraint profiles_pkey on public.profiles is
'global: the id is the user id itself.';

-- file: sql/functions/internal/set_updated_at_trigger.sql
-- purpose:    Stamp a changed row; updated_at never moves backwards.
-- security:   invoker; touches only the row at hand.
-- complexity: O(1) per row, no statement.
-- callers:    triggers t30_derive_updated_at.

create or replace function internal.set_updated_at_trigger()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    -- A transaction that began earlier may well write later.
    new.updated_at := greatest(old.updated_at, now());
    return new;
end;
$$;

grant create on schema internal to hephaitos_internal;
alter function internal.set_updated_at_trigger() owner to hephaitos_internal;
revoke create on schema internal from hephaitos_internal;

revoke all on function internal.set_updated_at_trigger()
from public, anon, authenticated, service_role;

comment on function internal.set_updated_at_trigger() is
'Sets updated_at of a changed row to the time of the transaction, never backwards.';

-- file: sql/triggers/public/profiles.t30_derive_updated_at.sql
-- purpose:    updated_at says when the profile last changed.
-- security:   internal.set_updated_at_trigger() runs as whoever writes.
-- complexity: O(1) per changed row; not called for a row that stays as it was.
-- callers:    any update on public.profiles.
-- order:      rank 30, after validation (10).

create or replace trigger t30_derive_updated_at
before update on public.profiles
for each row
when (old.* is distinct from new.*)
execute function internal.set_updated_at_trigger();

-- file: sql/access/public/profiles.sql
-- purpose:    A profile is seen and edited by the user it belongs to.
-- security:   users never write email (the sign-in service owns it) nor plan (billing owns it).
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.profiles
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.profiles to authenticated;
grant insert (id, display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant update (display_name, time_zone, digest_opt_out) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;

alter table public.profiles enable row level security;
alter table public.profiles force row level security;

drop policy if exists profiles_select_own on public.profiles;
create policy profiles_select_own on public.profiles
for select to authenticated
using (id = (select auth.uid()));

drop policy if exists profiles_insert_own on public.profiles;
create policy profiles_insert_own on public.profiles
for insert to authenticated
with check (id = (select auth.uid()));

drop policy if exists profiles_update_own on public.profiles;
create policy profiles_update_own on public.profiles
for update to authenticated
using (id = (select auth.uid()))
with check (id = (select auth.uid()));
