set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.profiles
-- loses:   nothing

-- change:
create table public.notifications (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    title text not null,
    body text,
    data jsonb not null default '{}',
    dedup_key text,
    created_at timestamptz not null default now(),
    read_at timestamptz,
    constraint notifications_pkey primary key (user_id, id),
    constraint notifications_user_id_dedup_key_key unique (user_id, dedup_key),
    constraint notifications_user_id_fkey
    foreign key (user_id) references public.profiles (id) on delete cascade,
    constraint notifications_kind_check check (kind ~ '^[a-z][a-z_]{0,49}$'),
    constraint notifications_title_check check (char_length(title) between 1 and 200),
    constraint notifications_body_check check (char_length(body) between 1 and 5000),
    constraint notifications_data_check
    check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 16384),
    constraint notifications_dedup_key_check
    check (char_length(dedup_key) between 1 and 200),
    constraint notifications_read_at_check check (read_at >= created_at)
);

-- The bell: what is unread, newest first. Read ones leave the index.
create index notifications_user_id_created_at_idx
on public.notifications (user_id, created_at) where read_at is null;

comment on table public.notifications is 'What we tell a user, in the application or by digest.';
comment on column public.notifications.kind is
'What happened, as a word the application knows: job_completed, job_failed, weekly_digest.';
comment on column public.notifications.data is 'What the application needs to link to the matter.';
comment on column public.notifications.dedup_key is
'The same key to the same user is the same message, however often it is sent.';
comment on column public.notifications.read_at is 'Null until the user has seen it.';

-- file: sql/access/public/notifications.sql
-- purpose:    A user reads their notifications and marks them as read; services write them.
-- security:   users change read_at and nothing else, so that nobody can put words in our mouth.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.notifications
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;

alter table public.notifications enable row level security;
alter table public.notifications force row level security;

drop policy if exists notifications_select_own on public.notifications;
create policy notifications_select_own on public.notifications
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists notifications_update_own on public.notifications;
create policy notifications_update_own on public.notifications
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists notifications_delete_own on public.notifications;
create policy notifications_delete_own on public.notifications
for delete to authenticated
using (user_id = (select auth.uid()));
