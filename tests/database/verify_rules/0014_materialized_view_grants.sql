-- fault: readable
-- finds: public.planted
create materialized view public.planted as select 1 as one;
grant select on public.planted to authenticated;

-- harmless: read by services only
create materialized view internal.planted as select 1 as one;
grant select on internal.planted to service_role;
