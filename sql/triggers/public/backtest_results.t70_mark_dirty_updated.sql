-- purpose:    The ranking is refreshed after results were updated.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.backtest_results.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_updated
after update on public.backtest_results
referencing new table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');
