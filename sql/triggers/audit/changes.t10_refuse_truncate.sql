-- purpose:    Records are not swept away, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    truncate of audit.changes, also by cascade.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_truncate
before truncate on audit.changes
for each statement
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_truncate;
