-- fault: its owner's rights
-- finds: public.planted
create view public.planted as select 1 as one;
grant select on public.planted to authenticated;

-- fault: switched off, one column granted
-- finds: public.planted
create view public.planted with (security_invoker = off) as select 1 as one;
revoke all on public.planted from anon, authenticated;
grant select (one) on public.planted to anon;

-- harmless: its caller's rights
create view public.planted with (security_invoker = on) as select 1 as one;
grant select on public.planted to authenticated;

-- harmless: nobody's to read
create view internal.planted as select 1 as one;

-- harmless: a view of an extension
create extension citext schema internal;
create view internal.planted as select 1 as one;
grant select on internal.planted to authenticated;
alter extension citext add view internal.planted;
