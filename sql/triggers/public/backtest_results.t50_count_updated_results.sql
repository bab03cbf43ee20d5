-- purpose:    strategy_stats follows updated results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_updated_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_updated_results
after update on public.backtest_results
referencing old table as old_rows new table as new_rows
for each statement
execute function internal.count_updated_results_trigger();
