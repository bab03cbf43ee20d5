set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   share row exclusive on public.backtest_results
-- loses:   nothing

-- change:
create table public.trades (
    -- Columns of one width first, so that none is padded.
    user_id uuid not null,
    backtest_id uuid not null,
    executed_at timestamptz not null,
    trade_no integer not null,
    symbol text not null,
    side text not null,
    quantity numeric not null,
    price numeric not null,
    fee numeric not null default 0,
    pnl numeric,
    -- Also the order in which they are read, and what serves the foreign key.
    constraint trades_pkey primary key (user_id, backtest_id, trade_no),
    constraint trades_user_id_backtest_id_fkey
    foreign key (user_id, backtest_id) references public.backtest_results (user_id, id)
    on delete cascade,
    constraint trades_trade_no_check check (trade_no >= 1),
    constraint trades_symbol_check check (char_length(symbol) between 1 and 32),
    constraint trades_side_check check (side in ('buy', 'sell')),
    -- Every bound also keeps NaN out, which sorts above all numbers and never leaves a sum.
    constraint trades_quantity_check check (quantity > 0 and quantity < 'Infinity'),
    constraint trades_price_check check (price > 0 and price < 'Infinity'),
    constraint trades_fee_check check (fee >= 0 and fee < 'Infinity'),
    constraint trades_pnl_check check (pnl > '-Infinity' and pnl < 'Infinity')
);

comment on table public.trades is
'What each backtest bought and sold, in order. Written with its result, never changed.';
comment on column public.trades.trade_no is
'Place among the trades of its backtest, from 1, in order of execution.';
comment on column public.trades.fee is 'In the currency of the price.';
comment on column public.trades.pnl is
'Profit of the position that this trade closes; null for one that opens it.';

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
