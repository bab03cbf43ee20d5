-- purpose:    internal holds the functions behind triggers, jobs and guards, and their queues.
-- security:   no role of the API may enter. Workers may, and find nothing but the functions of
--             queues open to them.
-- complexity: catalog rows only.
-- callers:    hephaitos_api and hephaitos_internal, inside the functions they own; members of
--             hephaitos_worker.

revoke all on schema internal from public, anon, authenticated, service_role;
grant usage on schema internal to hephaitos_api, hephaitos_internal, hephaitos_worker;
