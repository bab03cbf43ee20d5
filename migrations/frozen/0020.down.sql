set local lock_timeout = '2s';

-- changes: 1 schema changed, 2 tables dropped, 11 functions dropped, 1 trigger dropped
-- locks:   access exclusive on public.backtest_jobs
-- loses:   all rows of internal.messages, all rows of internal.queues

-- change:
drop trigger t60_enqueue_ended_jobs on public.backtest_jobs;
drop function internal.enqueue_ended_jobs_trigger();
drop function internal.get_queue_metrics(timestamptz);
drop function internal.purge_messages(integer, timestamptz);
drop function internal.revive_messages(text, bigint[], timestamptz);
drop function internal.release_messages(text, jsonb, timestamptz);
drop function internal.fail_messages(text, jsonb, timestamptz);
drop function internal.get_retry_delay(integer, interval, interval);
drop function internal.complete_messages(text, bigint[], timestamptz);
drop function internal.claim_messages(text, integer, interval, text, timestamptz);
drop function internal.enqueue_messages(text, jsonb);
drop table internal.messages;
drop table internal.queues;
drop function internal.wake_workers_trigger();

revoke usage on schema internal from hephaitos_worker;
