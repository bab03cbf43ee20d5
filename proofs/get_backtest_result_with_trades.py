"""A result with a page of its trades: all of them, then those after a place."""

from proofs.parts import RESULT
from proofs.tenants import add_results, add_strategies, add_trades, sign_up
from toolkit.connect import Connection
from toolkit.verify.promise import Promise

_AFTER = "greatest(coalesce(%(p_after_trade_no)s::integer, 0), 0)"
_LIMIT = "least(greatest(coalesce(%(p_limit)s::integer, 200), 1), 1000)"
_LATER = f"""
    from public.trades
    where trades.user_id = one.user_id and trades.backtest_id = one.id
        and trades.trade_no > {_AFTER}
"""
_PAGE = f"{_LATER} order by trades.trade_no limit {_LIMIT}"


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make a user whose results have so many trades each; the other results are the history."""
    user = sign_up(connection)
    add_strategies(connection, user, 1)
    add_results(connection, user, history)
    add_trades(connection, user, size)
    row = connection.execute(
        "select id::text from public.backtest_results where user_id = %s::uuid limit 1", [user]
    ).fetchone()
    assert row is not None  # there is one at least
    return {"p_user_id": user, "p_backtest_id": row[0], "p_limit": "1000"}


PROMISE = Promise(
    function="public.get_backtest_result_with_trades(uuid, uuid, integer, integer)",
    grows="trades",
    requests="""
        select results.id as p_backtest_id, profiles.id as p_user_id, page.p_limit,
            page.p_after_trade_no
        from (select distinct id from public.backtest_results) as results
        cross join public.profiles
        cross join (values (null, null), (1, 0), (1, 1), (2, 1), (0, -1), (5, 7))
            as page (p_limit, p_after_trade_no)
        union all
        select gen_random_uuid(), profiles.id, 1, 0 from public.profiles
    """,
    refusal="""
        select 'PT404' where not exists (
            select from public.backtest_results
            where backtest_results.user_id = %(p_user_id)s::uuid
                and backtest_results.id = %(p_backtest_id)s::uuid
        )
    """,
    oracle=f"""
        select jsonb_build_object(
            'result', case
                when {_AFTER} = 0 then {RESULT} || jsonb_build_object('equity_curve', equity_curve)
            end,
            'trades', to_jsonb(array(
                select jsonb_build_object(
                    'trade_no', trades.trade_no, 'symbol', trades.symbol, 'side', trades.side,
                    'quantity', trades.quantity, 'price', trades.price, 'fee', trades.fee,
                    'pnl', trades.pnl, 'executed_at', trades.executed_at
                ) {_PAGE}
            )),
            'next_trade_no', case
                when (select count(*) {_LATER}) > {_LIMIT}
                    then (select max(shown.no) from (select trades.trade_no as no {_PAGE}) as shown)
            end
        )
        from public.backtest_results as one
        where one.user_id = %(p_user_id)s::uuid and one.id = %(p_backtest_id)s::uuid
    """,
    fill=fill,
)
