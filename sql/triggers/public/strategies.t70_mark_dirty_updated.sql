-- purpose:    The ranking is refreshed after a strategy was made public, private or archived.
-- security:   runs as hephaitos_internal, which owns internal.mark_views_dirty_trigger().
-- complexity: once per statement; the function states its cost.
-- callers:    any update on public.strategies. One that is new or goes has its results for that.
-- order:      rank 70, after cascades (50) and their messages (60).

create or replace trigger t70_mark_dirty_updated
after update on public.strategies
referencing new table as changed_rows
for each statement
execute function internal.mark_views_dirty_trigger('strategy_performance_agg');
