-- fault: readable
-- finds: public.planted
create materialized view public.planted as select 1 as one;
grant select on public.planted to authenticated;
