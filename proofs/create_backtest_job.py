"""A job, or the reason why there is none: decided rule by rule, from the tables as they were."""

from proofs.parts import JOB
from proofs.tenants import add_jobs, add_strategies, sign_up, some_strategy
from toolkit.connect import Connection
from toolkit.verify.promise import Promise

CONFIG = '{"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}'
_MINE = "jobs.user_id = %(p_user_id)s::uuid"
_WITH_KEY = f"{_MINE} and jobs.idempotency_key = %(p_idempotency_key)s::text"
_SAME = "(jobs.strategy_id, jobs.config) = (%(p_strategy_id)s::uuid, %(p_config)s::jsonb)"


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make a user who has asked so many times before; longer ago is the history."""
    user = sign_up(connection)
    add_strategies(connection, user, 2)
    add_jobs(connection, user, size * history, "cancelled")
    return {
        "p_user_id": user,
        "p_strategy_id": some_strategy(connection, user),
        "p_config": CONFIG,
        "p_idempotency_key": "a key",
    }


PROMISE = Promise(
    function="public.create_backtest_job(uuid, uuid, jsonb, text)",
    grows="jobs that have ended",
    requests=f"""
        select profiles.id as p_user_id, strategies.id as p_strategy_id, asked.p_config,
            asked.p_idempotency_key
        from public.profiles
        cross join (
            select id from public.strategies union all select gen_random_uuid()
        ) as strategies (id)
        cross join (
            values ('{CONFIG}', null), ('{CONFIG}', 'key 0'), ('{CONFIG}', 'key new'),
                ('{{}}', 'key new'), ('{CONFIG}', '')
        ) as asked (p_config, p_idempotency_key)
    """,
    refusal=f"""
        select case
            when %(p_config)s::jsonb = '{{}}' or %(p_idempotency_key)s = '' then '22023'
            when not exists (
                select from public.strategies
                where strategies.user_id = %(p_user_id)s::uuid
                    and strategies.id = %(p_strategy_id)s::uuid
            ) then 'PT404'
            when exists (select from public.backtest_jobs as jobs where {_WITH_KEY} and {_SAME})
                then null
            when exists (select from public.backtest_jobs as jobs where {_WITH_KEY}) then 'PT409'
            when (
                select count(*) from public.backtest_jobs as jobs
                where {_MINE} and jobs.status in ('queued', 'running')
            ) >= (
                select case profiles.plan when 'team' then 50 when 'pro' then 20 else 5 end
                from public.profiles where profiles.id = %(p_user_id)s::uuid
            ) then 'PT429'
        end
    """,
    oracle=f"""
        select {JOB}
        from public.backtest_jobs as one
        where one.user_id = %(p_user_id)s::uuid
            and one.strategy_id = %(p_strategy_id)s::uuid
            and one.config = %(p_config)s::jsonb
            and (
                one.idempotency_key = %(p_idempotency_key)s::text
                or (%(p_idempotency_key)s::text is null and one.idempotency_key is null)
            )
    """,
    fill=fill,
)
