set local lock_timeout = '2s';

-- changes: 1 table dropped, 1 index dropped, 2 functions dropped, 1 procedure dropped, 1 cron job
--          dropped
-- locks:   access exclusive on public.strategies, row exclusive on cron.job
-- loses:   all rows of internal.strategy_pauses

-- change:
select cron.unschedule('internal.pause_inactive_strategies');
drop function internal.resume_paused_strategies(timestamptz, uuid);
drop procedure internal.pause_inactive_strategies(timestamptz, bigint);
drop function internal.get_idle_limit();
drop index public.strategies_last_activity_at_user_id_id_idx;
drop table internal.strategy_pauses;
