set local lock_timeout = '2s';

-- changes: 2 functions dropped
-- locks:   none
-- loses:   nothing

-- change:
drop function public.get_strategies_with_performance(uuid);
drop function internal.can_act_for(uuid);
