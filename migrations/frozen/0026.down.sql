set local lock_timeout = '2s';

-- changes: 8 functions dropped, 29 triggers dropped
-- locks:   access exclusive on audit.changes, public.backtest_jobs, public.backtest_results,
--          public.exports, public.notifications, public.profiles, public.strategies and
--          public.trades
-- loses:   nothing

-- change:
drop trigger t10_record_insert on public.profiles;
drop trigger t10_record_update on public.profiles;
drop trigger t10_record_delete on public.profiles;
drop trigger t10_record_truncate on public.profiles;
drop trigger t10_record_insert on public.strategies;
drop trigger t10_record_update on public.strategies;
drop trigger t10_record_delete on public.strategies;
drop trigger t10_record_truncate on public.strategies;
drop trigger t10_record_insert on public.backtest_jobs;
drop trigger t10_record_update on public.backtest_jobs;
drop trigger t10_record_delete on public.backtest_jobs;
drop trigger t10_record_truncate on public.backtest_jobs;
drop trigger t10_record_insert on public.backtest_results;
drop trigger t10_record_update on public.backtest_results;
drop trigger t10_record_delete on public.backtest_results;
drop trigger t10_record_truncate on public.backtest_results;
drop trigger t10_record_update on public.trades;
drop trigger t10_record_delete on public.trades;
drop trigger t10_record_truncate on public.trades;
drop trigger t10_record_insert on public.notifications;
drop trigger t10_record_update on public.notifications;
drop trigger t10_record_delete on public.notifications;
drop trigger t10_record_truncate on public.notifications;
drop trigger t10_record_insert on public.exports;
drop trigger t10_record_update on public.exports;
drop trigger t10_record_delete on public.exports;
drop trigger t10_record_truncate on public.exports;
drop trigger t10_refuse_rewrite on audit.changes;
drop trigger t10_refuse_truncate on audit.changes;
drop function internal.refuse_rewrite_trigger();
drop function internal.audit_table(regclass, text, text[], boolean);
drop function internal.record_truncate_trigger();
drop function internal.record_deleted_rows_trigger();
drop function internal.record_updated_rows_trigger();
drop function internal.record_inserted_rows_trigger();
drop function internal.describe_request(oid, text, text);
drop function internal.pick_columns(jsonb, text[]);
