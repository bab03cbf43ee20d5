"""All about one strategy, each part from the tables by itself."""

from proofs.parts import JOB, RESULT, figures, listed
from proofs.tenants import add_jobs, add_results, add_strategies, sign_up, some_strategy
from toolkit.connect import Connection
from toolkit.verify.promise import Promise

_RESULTS = """
    from public.backtest_results as one
    where one.user_id = strategies.user_id and one.strategy_id = strategies.id
"""
_JOBS = """
    from public.backtest_jobs as one
    where one.user_id = strategies.user_id and one.strategy_id = strategies.id
        and one.status in ('queued', 'running')
"""


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make a strategy with so many results and jobs; jobs that have ended are the history."""
    user = sign_up(connection)
    add_strategies(connection, user, 1)
    add_results(connection, user, size * history)
    add_jobs(connection, user, size, "queued")
    add_jobs(connection, user, size * history, "cancelled")
    return {"p_user_id": user, "p_strategy_id": some_strategy(connection, user)}


PROMISE = Promise(
    function="public.get_strategy_detail(uuid, uuid)",
    grows="results and jobs",
    requests="""
        select strategies.id as p_strategy_id, profiles.id as p_user_id
        from public.strategies cross join public.profiles
        union all
        select gen_random_uuid(), profiles.id from public.profiles
        union all
        select null, profiles.id from public.profiles
    """,
    refusal="""
        select 'PT404' where not exists (
            select from public.strategies
            where strategies.user_id = %(p_user_id)s::uuid
                and strategies.id = %(p_strategy_id)s::uuid
        )
    """,
    oracle=f"""
        select jsonb_build_object(
            'strategy', jsonb_build_object(
                'id', strategies.id, 'name', strategies.name,
                'description', strategies.description, 'status', strategies.status,
                'config', strategies.config, 'is_public', strategies.is_public,
                'created_at', strategies.created_at, 'updated_at', strategies.updated_at,
                'last_activity_at', strategies.last_activity_at
            ),
            'stats', {figures("strategies")},
            'latest_results', {listed(RESULT, _RESULTS, limit=10)},
            'active_jobs', {listed(JOB, _JOBS, limit=50)}
        )
        from public.strategies
        where strategies.user_id = %(p_user_id)s::uuid
            and strategies.id = %(p_strategy_id)s::uuid
    """,
    fill=fill,
)
