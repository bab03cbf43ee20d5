-- purpose:    strategy_stats follows inserted results in the same transaction.
-- security:   runs as hephaitos_internal, which owns internal.count_inserted_results_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any insert on public.backtest_results, cascades included.
-- order:      rank 50, after the record (10).

create or replace trigger t50_count_inserted_results
after insert on public.backtest_results
referencing new table as new_rows
for each statement
execute function internal.count_inserted_results_trigger();
