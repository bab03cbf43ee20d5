set local lock_timeout = '2s';

drop function public.get_strategies_with_performance(uuid);
drop function internal.can_act_for(uuid);
