"""A page of a user's strategies: the whole list, then what comes after a place in it."""

from proofs.get_strategies_with_performance import ROW, fill
from toolkit.connect import Connection
from toolkit.verify.promise import Promise


def fill_and_turn(connection: Connection, size: int, history: int) -> dict[str, str | None]:
    """Make the same user, who asks for the longest page there is."""
    return {**fill(connection, size, history), "p_limit": "100"}


PROMISE = Promise(
    function="public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid)",
    grows="strategies",
    requests="""
        select profiles.id as p_user_id, page.p_limit, place.created_at as p_after_created_at,
            place.id as p_after_id
        from public.profiles
        cross join (values (-1), (1), (2), (null)) as page (p_limit)
        left join public.strategies as place on place.user_id = profiles.id
        union all
        select profiles.id, 2, null, null from public.profiles
        union all
        select profiles.id, 2, '2026-03-02', null from public.profiles
    """,
    refusal="""
        select case when (%(p_after_created_at)s::text is null) <> (%(p_after_id)s::text is null)
            then '22023' end
    """,
    oracle=f"""
        select {ROW}
        from public.strategies
        where strategies.user_id = %(p_user_id)s::uuid
            and (
                %(p_after_id)s::uuid is null
                or strategies.created_at < %(p_after_created_at)s::timestamptz
                or (
                    strategies.created_at = %(p_after_created_at)s::timestamptz
                    and strategies.id < %(p_after_id)s::uuid
                )
            )
        order by strategies.created_at desc, strategies.id desc
        limit greatest(coalesce(%(p_limit)s::integer, 50), 1)
    """,
    fill=fill_and_turn,
)
