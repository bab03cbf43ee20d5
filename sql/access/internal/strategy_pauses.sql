-- purpose:    Which strategies were paused for want of activity, and why.
-- security:   no role of the API has a right here, and row security without a policy lets nobody in
--             but migrator, as whom jobs run, who is past it.
-- complexity: no policy, and nobody it would be for.
-- callers:    internal.pause_inactive_strategies() and internal.resume_paused_strategies().

revoke all on internal.strategy_pauses
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table internal.strategy_pauses enable row level security;
alter table internal.strategy_pauses force row level security;
