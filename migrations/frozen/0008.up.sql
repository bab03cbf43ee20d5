set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.profiles
-- loses:   nothing

-- change:
create table public.exports (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    status text not null default 'queued',
    path text,
    error text,
    byte_count bigint,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    expires_at timestamptz not null default now() + interval '7 days',
    constraint exports_pkey primary key (user_id, id),
    constraint exports_user_id_path_key unique (user_id, path),
    constraint exports_user_id_fkey
    foreign key (user_id) references public.profiles (id) on delete cascade,
    constraint exports_status_check
    check (status in ('queued', 'running', 'completed', 'failed', 'expired', 'deleted')),
    constraint exports_path_check
    check (starts_with(path, user_id::text || '/') and char_length(path) <= 1024),
    constraint exports_error_check
    check ((error is not null) = (status = 'failed') and char_length(error) <= 10000),
    constraint exports_byte_count_check check (byte_count >= 0),
    constraint exports_finished_at_check
    check ((finished_at is null) = (status in ('queued', 'running'))),
    -- A file is there from completion until the clean-up has removed it.
    constraint exports_file_check
    check (
        (path is not null and byte_count is not null)
        = (status in ('completed', 'expired', 'deleted'))
        and (path is null) = (byte_count is null)
    ),
    constraint exports_expires_at_check check (expires_at > created_at)
);

-- The clean-up: what holds a file, oldest expiry first, over all users.
create index exports_expires_at_idx
on public.exports (expires_at) where status in ('completed', 'expired');

comment on table public.exports is 'Files that users asked for, and how long they are kept.';
comment on column public.exports.path is
'Object in the bucket exports, in the folder of the user; null until there is one.';
comment on column public.exports.byte_count is 'Size of the file.';
comment on column public.exports.status is
'expired: the file is to be removed from storage; deleted: it has been.';

-- file: sql/access/public/exports.sql
-- purpose:    A user follows the files they asked for; services make them and clean them up.
-- security:   users only read: path decides what storage hands out.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.exports
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.exports to authenticated;
grant select, insert, update, delete on public.exports to service_role;

alter table public.exports enable row level security;
alter table public.exports force row level security;

drop policy if exists exports_select_own on public.exports;
create policy exports_select_own on public.exports
for select to authenticated
using (user_id = (select auth.uid()));
