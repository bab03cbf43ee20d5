set local lock_timeout = '2s';

-- changes: 1 function dropped, 1 trigger dropped
-- locks:   access exclusive on public.notifications
-- loses:   nothing

-- change:
drop trigger t30_derive_read_at on public.notifications;
drop function internal.set_read_at_trigger();
