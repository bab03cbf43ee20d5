"""Rows as the API shows them, key by key from the tables: parts that several oracles share."""

RESULT = """
    jsonb_build_object(
        'id', one.id, 'strategy_id', one.strategy_id, 'job_id', one.job_id,
        'total_return', one.total_return, 'cagr', one.cagr,
        'sharpe_ratio', one.sharpe_ratio, 'max_drawdown', one.max_drawdown,
        'win_rate', one.win_rate, 'profit_factor', one.profit_factor,
        'total_trades', one.total_trades, 'chart_path', one.chart_path,
        'created_at', one.created_at
    )
"""
JOB = """
    jsonb_build_object(
        'id', one.id, 'strategy_id', one.strategy_id, 'status', one.status,
        'progress', one.progress, 'error', one.error, 'created_at', one.created_at,
        'started_at', one.started_at, 'finished_at', one.finished_at
    )
"""


def figures(strategy: str) -> str:
    """Return the figures of a strategy, from all of its results.

    Args:
        strategy: by what name the strategy's row goes.
    """
    of = f"""
        from public.backtest_results as results
        where results.user_id = {strategy}.user_id and results.strategy_id = {strategy}.id
    """
    return f"""
        jsonb_build_object(
            'avg_sharpe', (select round(avg(results.sharpe_ratio), 2) {of}),
            'avg_cagr', (select round(avg(results.cagr), 2) {of}),
            'avg_return', (select round(avg(results.total_return), 2) {of}),
            'backtest_count', (select count(*) {of}),
            'last_backtest_at', (select max(results.created_at) {of})
        )
    """


def listed(part: str, of: str, *, limit: int) -> str:
    """Return a query for a jsonb list of rows, newest first.

    Args:
        part: what is shown of a one.
        of: `from` and `where`, with the rows under the name `one`.
        limit: how many at most.
    """
    return f"""
        to_jsonb(array(
            select {part} {of} order by one.created_at desc, one.id desc limit {limit}
        ))
    """
