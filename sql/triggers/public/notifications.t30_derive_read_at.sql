-- purpose:    read_at says by our clock when a notification was read.
-- security:   internal.set_read_at_trigger() runs as whoever writes.
-- complexity: O(1) per row that was just read; not called for others.
-- callers:    any update of read_at on public.notifications.
-- order:      rank 30, after validation (10).

create or replace trigger t30_derive_read_at
before update of read_at on public.notifications
for each row
when (new.read_at is not null and new.read_at is distinct from old.read_at)
execute function internal.set_read_at_trigger();
