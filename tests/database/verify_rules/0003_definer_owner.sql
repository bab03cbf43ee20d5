-- fault: who migrates
-- finds: public.planted()
create function public.planted() returns integer language sql security definer
as 'select 1';

-- harmless: a role that is nobody
create function public.planted() returns integer language sql security definer
as 'select 1';
grant create on schema public to hephaitos_internal;
alter function public.planted() owner to hephaitos_internal;
revoke create on schema public from hephaitos_internal;
