"""A job, or the reason why there is none: decided rule by rule, from the tables as they were."""

from proofs.parts import JOB
from proofs.tenants import add_jobs, add_strategies, sign_up, some_strategy
from toolkit.connect import Connection
from toolkit.verify.promise import Promise
from toolkit.verify.race import Call, Race, Run

CONFIG = '{"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}'
OTHER_CONFIG = CONFIG.replace("12-31", "06-30")
_QUOTA, _MANY = 5, 64
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


def start(connection: Connection, under_way: int = 0) -> dict[str, str | None]:
    """Make a user with a strategy, and so many jobs under way."""
    user = sign_up(connection)
    add_strategies(connection, user, 1)
    add_jobs(connection, user, under_way, "queued")
    return {"user": user, "strategy": some_strategy(connection, user)}


def start_at_the_edge(connection: Connection) -> dict[str, str | None]:
    """Make a user whose plan allows one job more."""
    return start(connection, _QUOTA - 1)


def _ask(key: str | None, config: str = CONFIG) -> Call:
    return Call(
        {
            "p_user_id": "{user}",
            "p_strategy_id": "{strategy}",
            "p_config": config,
            "p_idempotency_key": key,
        }
    )


_COUNT = """
    select count(*) || ' jobs' from public.backtest_jobs where user_id = %(user)s::uuid
    having count(*) <> {}
"""
# Whoever was told of a job may find it gone with its strategy; no job outlives that.
_DELETED = ({"done": 2}, {"done": 1, "PT404": 1})
RACES = (
    Race("the same request", start, (_ask("k"), _ask("k")), ({"done": 2},), _COUNT.format(1)),
    Race(
        "one key, two requests",
        start,
        (_ask("k"), _ask("k", OTHER_CONFIG)),
        ({"done": 1, "PT409": 1},),
        _COUNT.format(1),
    ),
    Race(
        "the last job of a plan",
        start_at_the_edge,
        (_ask(None), _ask("k")),
        ({"done": 1, "PT429": 1},),
        _COUNT.format(_QUOTA),
    ),
    Race(
        "the strategy is deleted meanwhile",
        start,
        (_ask("k"), Run("delete from public.strategies where id = %(strategy)s::uuid")),
        _DELETED,
        _COUNT.format(0),
    ),
    Race(
        "the account is deleted meanwhile",
        start,
        (_ask(None), Run("delete from auth.users where id = %(user)s::uuid")),
        _DELETED,
        _COUNT.format(0),
    ),
    Race(
        "the same request from 64 callers",
        start,
        (_ask("k"),) * _MANY,
        ({"done": _MANY},),
        _COUNT.format(1),
    ),
    Race(
        "a plan's jobs for 64 callers",
        start,
        tuple(_ask(f"key {number}") for number in range(_MANY)),
        ({"done": _QUOTA, "PT429": _MANY - _QUOTA},),
        _COUNT.format(_QUOTA),
    ),
    Race(
        "one key, two requests, from 64 callers",
        start,
        (_ask("k"), _ask("k", OTHER_CONFIG)) * (_MANY // 2),
        ({"done": _MANY // 2, "PT409": _MANY // 2},),
        _COUNT.format(1),
    ),
)
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
    races=RACES,
)
