-- fault: granted to signed-in callers
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
as 'select 1';
grant execute on function public.planted() to authenticated;

-- fault: granted to PUBLIC
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
as 'select 1';
grant execute on function public.planted() to public;

-- harmless: a trigger function
create function public.planted() returns trigger language plpgsql security definer
as 'begin return null; end';
grant execute on function public.planted() to authenticated;

-- harmless: granted to services only
create function internal.planted() returns integer language sql security definer
as 'select 1';
grant execute on function internal.planted() to service_role;

-- harmless: an invoker's rights
create function public.planted() returns integer language sql security invoker
as 'select 1';
grant execute on function public.planted() to authenticated;
