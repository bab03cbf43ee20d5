set local lock_timeout = '2s';

-- squawk-ignore require-concurrent-index-deletion
drop index public.backtest_results_user_id_strategy_id_created_at_id_idx;
-- squawk-ignore require-concurrent-index-deletion
drop index public.backtest_jobs_user_id_strategy_id_created_at_id_idx;
