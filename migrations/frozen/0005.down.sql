set local lock_timeout = '2s';

drop trigger t50_count_truncated_results on public.backtest_results;
drop trigger t50_count_deleted_results on public.backtest_results;
drop trigger t50_count_updated_results on public.backtest_results;
drop trigger t50_count_inserted_results on public.backtest_results;

drop table public.strategy_stats;

drop function internal.count_truncated_results_trigger();
drop function internal.count_deleted_results_trigger();
drop function internal.count_updated_results_trigger();
drop function internal.count_inserted_results_trigger();
