-- purpose:    How far each job has come.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    the routines of jobs; whoever looks after them.

revoke all on internal.job_watermarks
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.job_watermarks enable row level security;
alter table internal.job_watermarks force row level security;
