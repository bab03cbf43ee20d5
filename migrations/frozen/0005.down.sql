set local lock_timeout = '2s';

-- changes: 1 table dropped, 4 functions dropped, 4 triggers dropped
-- locks:   access exclusive on public.backtest_results and public.strategies
-- loses:   all rows of public.strategy_stats

-- change:
drop trigger t50_count_truncated_results on public.backtest_results;
drop trigger t50_count_deleted_results on public.backtest_results;
drop trigger t50_count_updated_results on public.backtest_results;
drop trigger t50_count_inserted_results on public.backtest_results;

drop table public.strategy_stats;

drop function internal.count_truncated_results_trigger();
drop function internal.count_deleted_results_trigger();
drop function internal.count_updated_results_trigger();
drop function internal.count_inserted_results_trigger();
