set local lock_timeout = '2s';

-- changes: 1 schema changed, 2 schemas dropped, 1 table dropped, 1 default privileges dropped
-- locks:   access exclusive on auth.users
-- loses:   all rows of public.profiles

-- change:
drop table public.profiles;
drop function internal.set_updated_at_trigger();

alter default privileges grant execute on functions to public;
revoke usage on schema public from hephaitos_api, hephaitos_internal;

drop schema audit;
drop schema internal;
