set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.profiles
-- loses:   nothing

-- change:
create table public.strategies (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    name text not null,
    description text,
    status text not null default 'draft',
    config jsonb not null default '{}',
    is_public boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_activity_at timestamptz not null default now(),
    constraint strategies_pkey primary key (user_id, id),
    constraint strategies_id_key unique (id),
    constraint strategies_user_id_fkey
    foreign key (user_id) references public.profiles (id) on delete cascade,
    constraint strategies_name_check check (btrim(name) <> '' and char_length(name) <= 200),
    constraint strategies_description_check check (char_length(description) <= 4000),
    constraint strategies_status_check
    check (
        status in ('draft', 'backtesting', 'ready', 'running', 'paused', 'stopped', 'archived')
    ),
    constraint strategies_config_check
    check (jsonb_typeof(config) = 'object' and octet_length(config::text) <= 65536),
    constraint strategies_updated_at_check check (updated_at >= created_at)
);

comment on table public.strategies is
'Trading strategies. Children name their strategy by (user_id, strategy_id), so that none can '
'point at one of another user.';
comment on column public.strategies.is_public is 'Shown in the ranking: name and figures only.';
comment on column public.strategies.last_activity_at is
'Last edit or backtest; a strategy idle for long is paused.';
comment on constraint strategies_id_key on public.strategies is
'global: the ranking and links name a strategy by its id alone.';

-- file: sql/triggers/public/strategies.t30_derive_updated_at.sql
-- purpose:    updated_at says when the strategy last changed.
-- security:   internal.set_updated_at_trigger() runs as whoever writes.
-- complexity: O(1) per changed row; not called for a row that stays as it was.
-- callers:    any update on public.strategies.
-- order:      rank 30, after validation (10).

create or replace trigger t30_derive_updated_at
before update on public.strategies
for each row
when (old.* is distinct from new.*)
execute function internal.set_updated_at_trigger();

-- file: sql/access/public/strategies.sql
-- purpose:    A strategy is seen and edited by the user it belongs to, and by nobody else: a public
--             one shows in the ranking, by functions that leave its config out.
-- security:   user_id is given once, at insert: no grant lets a user change it. hephaitos_api reads
--             for the caller alone, or for service_role, whatever its functions ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.strategies
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, delete on public.strategies to authenticated;
grant insert (id, user_id, name, description, config, is_public)
on public.strategies to authenticated;
grant update (name, description, status, config, is_public) on public.strategies to authenticated;
grant select, insert, update, delete on public.strategies to service_role;
grant select on public.strategies to hephaitos_api;

alter table public.strategies enable row level security;
alter table public.strategies force row level security;

drop policy if exists strategies_select_own on public.strategies;
create policy strategies_select_own on public.strategies
for select to authenticated
using (user_id = (select auth.uid()));

drop policy if exists strategies_insert_own on public.strategies;
create policy strategies_insert_own on public.strategies
for insert to authenticated
with check (user_id = (select auth.uid()));

drop policy if exists strategies_update_own on public.strategies;
create policy strategies_update_own on public.strategies
for update to authenticated
using (user_id = (select auth.uid()))
with check (user_id = (select auth.uid()));

drop policy if exists strategies_delete_own on public.strategies;
create policy strategies_delete_own on public.strategies
for delete to authenticated
using (user_id = (select auth.uid()));

-- "or" instead of "case" lets the planner expect next to no rows and probe totals one by one:
-- 20,000 buffers instead of 300 for 5,000 strategies.
drop policy if exists strategies_select_api on public.strategies;
create policy strategies_select_api on public.strategies
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);
