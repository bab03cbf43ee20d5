set local lock_timeout = '2s';

-- changes: 1 table dropped
-- locks:   access exclusive on public.backtest_jobs and public.strategies
-- loses:   all rows of public.backtest_results

-- change:
drop table public.backtest_results;
