set local lock_timeout = '2s';

-- changes: 1 index dropped, 1 function dropped
-- locks:   access exclusive on public.strategies
-- loses:   nothing

-- change:
drop function public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid);

-- squawk-ignore require-concurrent-index-deletion
drop index public.strategies_user_id_created_at_id_idx;
