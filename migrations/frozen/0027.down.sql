set local lock_timeout = '2s';

-- changes: 3 tables dropped, 4 functions dropped, 3 procedures dropped, 5 triggers dropped
-- locks:   access exclusive on public.backtest_results and public.strategies
-- loses:   all rows of internal.view_marks, all rows of internal.view_refreshes, all rows of
--          internal.views

-- change:
drop trigger t70_mark_dirty_updated on public.strategies;
drop trigger t70_mark_dirty_truncated on public.backtest_results;
drop trigger t70_mark_dirty_deleted on public.backtest_results;
drop trigger t70_mark_dirty_updated on public.backtest_results;
drop trigger t70_mark_dirty_inserted on public.backtest_results;
drop function internal.mark_truncated_views_trigger();
drop function internal.mark_views_dirty_trigger();
drop procedure internal.refresh_all_views(timestamptz);
drop procedure internal.refresh_dirty_views(timestamptz);
drop procedure internal.refresh_views(text[], timestamptz);
drop function internal.get_view_states(timestamptz);
drop function internal.refresh_view(text, timestamptz);
drop table internal.view_refreshes;
drop table internal.view_marks;
drop table internal.views;
