"""The front page, each part from the tables by itself."""

from proofs.parts import JOB, RESULT, figures, listed
from proofs.tenants import add_jobs, add_notifications, add_results, add_strategies, sign_up
from toolkit.connect import Connection
from toolkit.verify.promise import Promise

_USER = "%(p_user_id)s::uuid"
_STRATEGY = f"""
    jsonb_build_object(
        'id', one.id, 'name', one.name, 'status', one.status, 'created_at', one.created_at,
        'updated_at', one.updated_at
    ) || {figures("one")}
"""
_UNREAD = f"""
    from public.notifications as one where one.user_id = {_USER} and one.read_at is null
"""
_NOTIFICATION = """
    jsonb_build_object(
        'id', one.id, 'kind', one.kind, 'title', one.title, 'body', one.body, 'data', one.data,
        'created_at', one.created_at
    )
"""


def _all(table: str, condition: str = "true") -> str:
    return f"from public.{table} as one where one.user_id = {_USER} and {condition}"


def fill(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make a user with so much of everything; what has ended or was read is the history."""
    user = sign_up(connection)
    add_strategies(connection, user, size)
    add_results(connection, user, history)
    add_jobs(connection, user, 1, "queued")
    add_jobs(connection, user, history, "cancelled")
    add_notifications(connection, user, size * (1 + history), size)
    return {"p_user_id": user}


PROMISE = Promise(
    function="public.get_dashboard(uuid)",
    grows="strategies, jobs, results and notifications",
    requests="select profiles.id as p_user_id from public.profiles",
    oracle=f"""
        select jsonb_build_object(
            'strategies', {listed(_STRATEGY, _all("strategies"), limit=10)},
            'active_jobs', {
        listed(JOB, _all("backtest_jobs", "one.status in ('queued', 'running')"), limit=50)
    },
            'latest_results', {listed(RESULT, _all("backtest_results"), limit=10)},
            'unread', {listed(_NOTIFICATION, _UNREAD, limit=10)},
            'unread_count', (select least(count(*), 100) {_UNREAD})
        )
    """,
    fill=fill,
)
