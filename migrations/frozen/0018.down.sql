set local lock_timeout = '2s';

drop trigger t30_derive_read_at on public.notifications;
drop function internal.set_read_at_trigger();
