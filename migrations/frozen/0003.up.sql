set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.strategies
-- loses:   nothing

-- change:
create table public.backtest_jobs (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    strategy_id uuid not null,
    config jsonb not null default '{}',
    status text not null default 'queued',
    progress smallint not null default 0,
    error text,
    idempotency_key text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint backtest_jobs_pkey primary key (user_id, id),
    -- Serves both its foreign key to strategies and the one that results hold on it.
    constraint backtest_jobs_user_id_strategy_id_id_key unique (user_id, strategy_id, id),
    constraint backtest_jobs_user_id_idempotency_key_key unique (user_id, idempotency_key),
    constraint backtest_jobs_user_id_strategy_id_fkey
    foreign key (user_id, strategy_id) references public.strategies (user_id, id)
    on delete cascade,
    constraint backtest_jobs_config_check
    check (jsonb_typeof(config) = 'object' and octet_length(config::text) <= 65536),
    constraint backtest_jobs_status_check
    check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
    constraint backtest_jobs_progress_check
    check (
        progress between 0 and 100
        and (status <> 'queued' or progress = 0)
        and (status <> 'completed' or progress = 100)
    ),
    constraint backtest_jobs_error_check
    check ((error is not null) = (status = 'failed') and char_length(error) <= 10000),
    constraint backtest_jobs_idempotency_key_check
    check (char_length(idempotency_key) between 1 and 200),
    constraint backtest_jobs_started_at_check
    check (
        (status <> 'queued' or started_at is null)
        and (status not in ('running', 'completed') or started_at is not null)
    ),
    constraint backtest_jobs_finished_at_check
    check ((finished_at is not null) = (status in ('completed', 'failed', 'cancelled')))
);

comment on table public.backtest_jobs is
'Requested backtests and how far they are. A job with a result stays as long as the result does.';
comment on column public.backtest_jobs.progress is 'Percent.';
comment on column public.backtest_jobs.idempotency_key is
'The same key from the same user means the same request, however often it is sent.';

-- file: sql/access/public/backtest_jobs.sql
-- purpose:    A user follows the backtests they asked for; services queue, run and finish them.
-- security:   users only read: a job costs money, so asking for one goes through a function.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.backtest_jobs
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_jobs to authenticated;
grant select, insert, update, delete on public.backtest_jobs to service_role;

alter table public.backtest_jobs enable row level security;
alter table public.backtest_jobs force row level security;

drop policy if exists backtest_jobs_select_own on public.backtest_jobs;
create policy backtest_jobs_select_own on public.backtest_jobs
for select to authenticated
using (user_id = (select auth.uid()));
