set local lock_timeout = '2s';

-- changes: 1 table changed, 1 function dropped, 1 policy dropped
-- locks:   access exclusive on public.trades
-- loses:   nothing

-- change:
drop function public.get_backtest_result_with_trades(uuid, uuid, integer, integer);

drop policy trades_select_api on public.trades;

-- file: sql/access/public/trades.sql
-- purpose:    A user reads the trades of their backtests; services write them once.
-- security:   nobody is granted update: a trade is immutable, and its result's figures rest on it.
-- complexity: one policy check per row, the caller's id read once per statement.
-- callers:    role authenticated through policies; service_role past them.

revoke all on public.trades
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select on public.trades to authenticated;
grant select, insert, delete on public.trades to service_role;

alter table public.trades enable row level security;
alter table public.trades force row level security;

drop policy if exists trades_select_own on public.trades;
create policy trades_select_own on public.trades
for select to authenticated
using (user_id = (select auth.uid()));
