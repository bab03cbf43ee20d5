-- purpose:    A worker that waits learns of new messages at once, not when it looks next.
-- security:   internal.wake_workers_trigger() runs as whoever enqueues.
-- complexity: once per statement.
-- callers:    any insert on internal.messages; one that adds no row wakes in vain.
-- order:      rank 90, after all that may still fail.

create or replace trigger t90_wake_workers
after insert on internal.messages
for each statement
execute function internal.wake_workers_trigger();
