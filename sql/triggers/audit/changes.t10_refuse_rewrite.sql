-- purpose:    Records are neither changed nor deleted, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    any update or delete on audit.changes that finds a row.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_rewrite
before update or delete on audit.changes
for each row
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_rewrite;
