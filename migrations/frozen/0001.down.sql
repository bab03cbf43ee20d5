set local lock_timeout = '2s';

drop table public.profiles;
drop function internal.set_updated_at_trigger();

alter default privileges grant execute on functions to public;
revoke usage on schema public from hephaitos_api, hephaitos_internal;

drop schema audit;
drop schema internal;
