-- purpose:    Let the owners of our functions reach public; keep new functions closed.
-- security:   PUBLIC may execute any new function unless the role that makes it says otherwise. The
--             form "in schema public" changes nothing, so this holds for all that migrator makes.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own.

grant usage on schema public to hephaitos_api, hephaitos_internal;

alter default privileges revoke execute on functions from public;
