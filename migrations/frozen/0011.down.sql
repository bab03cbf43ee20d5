set local lock_timeout = '2s';

drop function public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid);

-- squawk-ignore require-concurrent-index-deletion
drop index public.strategies_user_id_created_at_id_idx;
