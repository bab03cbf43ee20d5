set local lock_timeout = '2s';

-- changes: 1 table changed, 1 function made, 1 policy made
-- locks:   access exclusive on public.trades
-- loses:   nothing

-- file: sql/access/public/trades.sql
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

-- file: sql/functions/public/get_backtest_result_with_trades.sql
-- purpose:    One result with a page of its trades, in the order they were executed. Keys:
--             result        as internal.describe_result() shows it, and equity_curve; null on
--                           later pages, which have it already
--             trades        trade_no, symbol, side, quantity, price, fee, pnl, executed_at
--             next_trade_no what to pass as p_after_trade_no for the next page; null at the end
-- security:   definer, so that one check up front replaces one per row: the caller is the user
--             asked for, or service_role. The owner's policies hold the same line once more.
-- complexity: O(page), whatever the number of trades: one statement, both parts by primary key.
-- callers:    the web application: rpc('get_backtest_result_with_trades', {p_backtest_id, …}).
-- raises:     42501 before anything is read, the same for a foreign, an absent and a null user;
--             PT404, the same for a foreign, an absent, a deleted and a null result.
--             p_limit is taken to be from 1 to 1000, p_after_trade_no to be 0 at least.

create or replace function public.get_backtest_result_with_trades(
    p_backtest_id uuid,
    p_user_id uuid,
    p_limit integer default 200,
    p_after_trade_no integer default 0
)
returns jsonb
language plpgsql
stable
security definer
cost 1000
set search_path = ''
as $$
declare
    v_limit integer := least(greatest(coalesce(p_limit, 200), 1), 1000);
    v_after integer := greatest(coalesce(p_after_trade_no, 0), 0);
    v_answer jsonb;
begin
    if not internal.can_act_for(p_user_id) then
        raise exception 'permission denied for the backtests of this user'
            using errcode = 'insufficient_privilege',
                  detail = 'The caller is neither the user asked for nor service_role.',
                  hint = 'Sign in, and pass the id of the user who is signed in.';
    end if;

    select
        jsonb_build_object(
            'result', case
                when v_after = 0
                    then
                        internal.describe_result(backtest_results)
                        || jsonb_build_object('equity_curve', backtest_results.equity_curve)
            end,
            'trades', page.listed,
            'next_trade_no', case when page.has_more then page.last_trade_no end
        )
    into v_answer
    from public.backtest_results
    cross join lateral (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'trade_no', numbered.trade_no,
                        'symbol', numbered.symbol,
                        'side', numbered.side,
                        'quantity', numbered.quantity,
                        'price', numbered.price,
                        'fee', numbered.fee,
                        'pnl', numbered.pnl,
                        'executed_at', numbered.executed_at
                    )
                    order by numbered.trade_no
                ) filter (where numbered.place <= v_limit),
                '[]'
            ),
            max(numbered.trade_no) filter (where numbered.place <= v_limit),
            count(*) > v_limit
        from (
            select
                trades.*,
                row_number() over (order by trades.trade_no) as place
            from public.trades
            where
                trades.user_id = backtest_results.user_id
                and trades.backtest_id = backtest_results.id
                and trades.trade_no > v_after
            order by trades.trade_no
            -- One more than is shown tells whether there is a next page.
            limit v_limit + 1
        ) as numbered
    ) as page (listed, last_trade_no, has_more)
    where backtest_results.user_id = p_user_id and backtest_results.id = p_backtest_id;

    if not found then
        raise exception 'this user has no such backtest result'
            using errcode = 'PT404',
                  detail = 'No result of the user has the id that was passed.',
                  hint = 'Pass the id of a result in one of the user''s strategies.';
    end if;
    return v_answer;
end;
$$;

grant create on schema public to hephaitos_api;
alter function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
owner to hephaitos_api;
revoke create on schema public from hephaitos_api;

revoke all on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer)
to authenticated, service_role;

comment on function public.get_backtest_result_with_trades(uuid, uuid, integer, integer) is
'One result, and a page of its trades in the order of execution.';
