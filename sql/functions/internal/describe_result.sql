-- purpose:    A result as the API shows it, without its equity curve: id, strategy_id, job_id,
--             total_return, cagr, sharpe_ratio, max_drawdown, win_rate, profit_factor,
--             total_trades, chart_path, created_at.
-- security:   invoker; looks at the row at hand only.
-- complexity: O(1), no table; inlined into the statement that asks, so that the equity curve is
--             never fetched.
-- callers:    hephaitos_api, wherever a function answers with results.

create or replace function internal.describe_result(p_result public.backtest_results)
returns jsonb
language sql
stable
security invoker
begin atomic
    select
        jsonb_build_object(
            'id', (describe_result.p_result).id,
            'strategy_id', (describe_result.p_result).strategy_id,
            'job_id', (describe_result.p_result).job_id,
            'total_return', (describe_result.p_result).total_return,
            'cagr', (describe_result.p_result).cagr,
            'sharpe_ratio', (describe_result.p_result).sharpe_ratio,
            'max_drawdown', (describe_result.p_result).max_drawdown,
            'win_rate', (describe_result.p_result).win_rate,
            'profit_factor', (describe_result.p_result).profit_factor,
            'total_trades', (describe_result.p_result).total_trades,
            'chart_path', (describe_result.p_result).chart_path,
            'created_at', (describe_result.p_result).created_at
        );
end;

revoke all on function internal.describe_result(public.backtest_results)
from public, anon, authenticated, service_role;
grant execute on function internal.describe_result(public.backtest_results) to hephaitos_api;

comment on function internal.describe_result(public.backtest_results) is
'A result as the API shows it, without its equity curve.';
