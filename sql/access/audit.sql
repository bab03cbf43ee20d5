-- purpose:    audit holds the record of what changed.
-- security:   no role of the API may enter.
-- complexity: catalog rows only.
-- callers:    hephaitos_internal, inside the trigger functions it owns.

revoke all on schema audit from public, anon, authenticated, service_role;
grant usage on schema audit to hephaitos_internal;
