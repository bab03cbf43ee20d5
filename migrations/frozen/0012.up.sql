set local lock_timeout = '2s';

-- changes: 2 indexes made
-- locks:   share on public.backtest_jobs and public.backtest_results
-- loses:   nothing

-- change:
-- The newest results of a strategy; id makes the order whole, so that nothing is sorted to find the
-- first few.
-- squawk-ignore require-concurrent-index-creation
create index backtest_results_user_id_strategy_id_created_at_id_idx
on public.backtest_results (user_id, strategy_id, created_at, id);

-- Jobs leave it when they end: as small as the work to do, however long the history.
-- squawk-ignore require-concurrent-index-creation
create index backtest_jobs_user_id_strategy_id_created_at_id_idx
on public.backtest_jobs (user_id, strategy_id, created_at, id)
where status in ('queued', 'running');
