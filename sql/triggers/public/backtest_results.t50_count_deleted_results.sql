-- purpose:    strategy_stats follows deleted results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_deleted_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any delete on public.backtest_results, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_deleted_results
after delete on public.backtest_results
referencing old table as old_rows
for each statement
execute function internal.count_deleted_results_trigger();
