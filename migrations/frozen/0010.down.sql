set local lock_timeout = '2s';

-- changes: 1 table dropped
-- locks:   access exclusive on public.backtest_results
-- loses:   all rows of public.trades

-- change:
drop table public.trades;
