-- purpose:    Files to remove are written by the functions of queues and by nothing else.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    nobody: a statement addressed to a partition would go around the triggers of queues.

revoke all on internal.storage_deletions
from public, anon, authenticated, service_role,
hephaitos_api, hephaitos_internal, hephaitos_worker;

alter table internal.storage_deletions enable row level security;
alter table internal.storage_deletions force row level security;
