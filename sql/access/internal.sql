-- purpose:    internal holds the functions behind triggers, jobs and guards, and their queues.
-- security:   no role of the API may enter.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own.

revoke all on schema internal from public, anon, authenticated, service_role;
grant usage on schema internal to hephaitos_api, hephaitos_internal;
