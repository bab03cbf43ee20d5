-- fault: a schema that was dropped
-- finds: schema audit
drop schema audit cascade;

-- fault: a function with other parameters
-- finds: function public.get_strategies_with_performance(uuid)
drop function public.get_strategies_with_performance(uuid);
create function public.get_strategies_with_performance(text) returns integer language sql
as 'select 1';
