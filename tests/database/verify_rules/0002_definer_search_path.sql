-- fault: none
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
as 'select 1';

-- fault: a schema
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
set search_path = public
as 'select 1';

-- fault: pg_temp last
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
set search_path = pg_catalog, pg_temp
as 'select 1';

-- fault: another setting beside it
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
set work_mem = '1MB'
as 'select 1';

-- harmless: an invoker's own path
create function public.planted() returns integer language sql as 'select 1';

-- harmless: exactly nothing
create function public.planted() returns integer language sql security definer
set search_path = ''
as 'select 1';
