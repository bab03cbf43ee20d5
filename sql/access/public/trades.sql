-- purpose:    A user reads the trades of their backtests; services write them once.
-- security:   nobody is granted update: a trade is immutable, and its result's figures rest on it.
--             hephaitos_api reads for the caller alone, or for service_role, whatever its functions
--             ask for.
-- complexity: one policy check per row, the caller's id and role read once per statement.
-- callers:    role authenticated and hephaitos_api through policies; service_role past them.

revoke all on public.trades
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.trades to authenticated, hephaitos_api;
grant select, insert, delete on public.trades to service_role;

alter table public.trades enable row level security;
alter table public.trades force row level security;

drop policy if exists trades_select_own on public.trades;
create policy trades_select_own on public.trades
for select to authenticated
using (user_id = (select auth.uid()));

-- "case", not "or": see the policy of the same name on strategies.
drop policy if exists trades_select_api on public.trades;
create policy trades_select_api on public.trades
for select to hephaitos_api
using (
    case
        when (select current_setting('role')) = 'service_role' then true
        else user_id = (select auth.uid())
    end
);
