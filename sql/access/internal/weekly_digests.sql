-- purpose:    Which digests were enqueued: a user and a week are told once.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    internal.enqueue_weekly_digests().

revoke all on internal.weekly_digests
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.weekly_digests enable row level security;
alter table internal.weekly_digests force row level security;
