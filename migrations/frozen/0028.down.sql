set local lock_timeout = '2s';

drop trigger t50_follow_deleted on public.backtest_jobs;
drop trigger t50_follow_updated on public.backtest_jobs;
drop trigger t10_validate_status on public.backtest_jobs;
drop trigger t50_cancel_archived on public.strategies;
drop trigger t10_validate_status on public.strategies;
drop function internal.cancel_archived_jobs_trigger();
drop function internal.follow_deleted_jobs_trigger();
drop function internal.follow_updated_jobs_trigger();
drop function internal.settle_strategies(uuid[], uuid[]);
drop function internal.check_status_trigger();

-- Nothing would take it back any more.
update public.strategies
set status = coalesce(strategies.status_before_backtesting, 'ready')
where strategies.status_before_backtesting is not null;

alter table public.strategies drop column status_before_backtesting;
drop table internal.status_transitions;

drop policy strategies_update_internal on public.strategies;
revoke update on public.strategies from hephaitos_internal;
drop policy backtest_jobs_select_internal on public.backtest_jobs;
drop policy backtest_jobs_update_internal on public.backtest_jobs;
revoke select, update on public.backtest_jobs from hephaitos_internal;
