set local lock_timeout = '2s';

-- changes: 1 table dropped
-- locks:   access exclusive on public.strategies
-- loses:   all rows of public.backtest_jobs

-- change:
drop table public.backtest_jobs;
