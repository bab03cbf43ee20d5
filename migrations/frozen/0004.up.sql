set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.backtest_jobs and public.strategies
-- loses:   nothing

-- change:
create table public.backtest_results (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    strategy_id uuid not null,
    job_id uuid,
    total_return numeric(18, 6) not null,
    cagr numeric(18, 6),
    sharpe_ratio numeric(18, 6),
    max_drawdown numeric(18, 6) not null,
    win_rate numeric(18, 6),
    profit_factor numeric(18, 6),
    total_trades integer not null,
    equity_curve jsonb not null default '[]',
    chart_path text,
    created_at timestamptz not null default now(),
    constraint backtest_results_pkey primary key (user_id, id),
    -- One result a job: a job has one strategy, so these three together say no less.
    constraint backtest_results_user_id_strategy_id_job_id_key
    unique (user_id, strategy_id, job_id),
    constraint backtest_results_user_id_strategy_id_fkey
    foreign key (user_id, strategy_id) references public.strategies (user_id, id)
    on delete cascade,
    -- No cascade: deleting a strategy removes its results in one statement, not one for each job.
    constraint backtest_results_user_id_strategy_id_job_id_fkey
    foreign key (user_id, strategy_id, job_id)
    references public.backtest_jobs (user_id, strategy_id, id),
    -- Every bound also keeps NaN out, which sorts above all numbers and never leaves a sum.
    constraint backtest_results_total_return_check
    check (total_return >= -100 and total_return < 'Infinity'),
    constraint backtest_results_cagr_check check (cagr >= -100 and cagr < 'Infinity'),
    constraint backtest_results_sharpe_ratio_check check (sharpe_ratio < 'Infinity'),
    constraint backtest_results_max_drawdown_check check (max_drawdown between 0 and 100),
    constraint backtest_results_win_rate_check check (win_rate between 0 and 100),
    constraint backtest_results_profit_factor_check
    check (profit_factor >= 0 and profit_factor < 'Infinity'),
    constraint backtest_results_total_trades_check check (total_trades >= 0),
    constraint backtest_results_equity_curve_check
    check (
        case
            when jsonb_typeof(equity_curve) = 'array'
                then jsonb_array_length(equity_curve) <= 10000
            else false
        end
    ),
    constraint backtest_results_chart_path_check
    check (starts_with(chart_path, user_id::text || '/') and char_length(chart_path) <= 1024)
);

-- Newest first per strategy, and the newest that is left when the newest goes.
create index backtest_results_user_id_strategy_id_created_at_idx
on public.backtest_results (user_id, strategy_id, created_at);

comment on table public.backtest_results is 'Outcome of finished backtests, written by services.';
comment on column public.backtest_results.job_id is
'The job that computed it; null when it was imported.';
comment on column public.backtest_results.total_return is
'Percent; -100 is everything lost, and an account never falls below that.';
comment on column public.backtest_results.cagr is
'Percent a year; null where the period is too short to say.';
comment on column public.backtest_results.sharpe_ratio is 'Null where returns do not vary.';
comment on column public.backtest_results.max_drawdown is
'Percent from peak to trough, as a positive number.';
comment on column public.backtest_results.win_rate is
'Percent of trades that won; null without trades.';
comment on column public.backtest_results.profit_factor is
'Gross profit over gross loss; null without losses.';
comment on column public.backtest_results.equity_curve is 'Points in order of time.';
comment on column public.backtest_results.chart_path is
'Object in the bucket backtest-charts, in the folder of the user.';

-- file: sql/access/public/backtest_results.sql
-- purpose:    A user reads the results of their backtests; services write them.
-- security:   users only read, so that nobody can invent a figure that the ranking shows.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated and hephaitos_internal through policies; service_role past them.

revoke all on public.backtest_results
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.backtest_results to authenticated;
grant select, insert, update, delete on public.backtest_results to service_role;
grant select on public.backtest_results to hephaitos_internal;

alter table public.backtest_results enable row level security;
alter table public.backtest_results force row level security;

drop policy if exists backtest_results_select_own on public.backtest_results;
create policy backtest_results_select_own on public.backtest_results
for select to authenticated
using (user_id = (select auth.uid()));

-- The triggers that keep strategy_stats serve every writer, so they see every row.
drop policy if exists backtest_results_select_internal on public.backtest_results;
create policy backtest_results_select_internal on public.backtest_results
for select to hephaitos_internal
using (true);
