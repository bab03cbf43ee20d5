set local lock_timeout = '2s';

-- changes: 1 table dropped
-- locks:   access exclusive on public.profiles
-- loses:   all rows of public.notifications

-- change:
drop table public.notifications;
