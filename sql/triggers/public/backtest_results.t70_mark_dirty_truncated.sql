-- purpose:    The ranking is refreshed after results were truncated.
-- security:   runs as hephaitos_internal, which owns internal.mark_truncated_views_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    truncate of public.backtest_results, also by cascade.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_truncated
after truncate on public.backtest_results
for each statement
execute function internal.mark_truncated_views_trigger('strategy_performance_agg');
