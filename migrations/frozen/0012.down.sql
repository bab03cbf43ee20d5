set local lock_timeout = '2s';

-- changes: 2 indexes dropped
-- locks:   access exclusive on public.backtest_jobs and public.backtest_results
-- loses:   nothing

-- change:
-- squawk-ignore require-concurrent-index-deletion
drop index public.backtest_results_user_id_strategy_id_created_at_id_idx;
-- squawk-ignore require-concurrent-index-deletion
drop index public.backtest_jobs_user_id_strategy_id_created_at_id_idx;
