-- purpose:    strategy_stats is empty when backtest_results is.
-- security:   runs as hephaitos_internal, which owns internal.count_truncated_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_results, also by cascade.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_truncated_results
after truncate on public.backtest_results
for each statement
execute function internal.count_truncated_results_trigger();
