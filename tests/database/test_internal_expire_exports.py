"""internal.expire_exports(): exports past their time, and the removal of their files asked for."""

from collections.abc import Callable

from tests.database.conftest import World
from tests.database.cron_jobs import call, largest_transaction, messages

MADE = {
    "status": "completed",
    "byte_count": 1,
    "created_at": "2026-05-20",
    "finished_at": "2026-05-20",
}


def _status(world: World, export_id: object) -> str:
    return str(world.value("select status from public.exports where id = %s", export_id))


def test_what_is_past_its_time_expires_with_one_message_that_names_the_file(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    user_id = world.sign_up()
    old = world.export(user_id, **MADE, expires_at="2026-05-27 00:00+00")
    young = world.export(user_id, **MADE, expires_at="2026-06-01 03:00:01+00")
    queued = world.export(user_id, created_at="2026-05-20", expires_at="2026-05-27 00:00+00")

    done = call(world, "expire_exports", "2026-06-01 03:00")
    again = call(world, "expire_exports", "2026-06-01 03:00")

    assert (done, again) == ({"p_expired": 1}, {"p_expired": 0})
    assert [_status(world, one) for one in (old, young, queued)] == [
        "expired",
        "completed",
        "queued",
    ]
    ((key, whose, payload),) = messages(world, "remove_file")
    assert (key, whose) == (f"export:{old}", user_id)
    assert payload == {"bucket": "exports", "path": f"{user_id}/{old}.csv"}


def test_more_than_a_batch_is_done_to_the_end_even_where_all_expire_at_once(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    _expire_at_once(world, 2500)

    done = call(world, "expire_exports", "2026-06-01 03:00")

    assert done == {"p_expired": 2500}
    assert len(messages(world, "remove_file")) == 2500
    assert largest_transaction(world) == 1000


def test_no_transaction_of_the_whole_clean_up_is_larger_than_a_batch_and_each_is_told_of(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    _expire_at_once(world, 1100)
    told: list[str] = []
    world.connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))

    done = call(world, "clean_up_exports", "2026-06-01 03:00")

    assert (done["p_expired"], done["p_deleted"]) == (1100, 1100)
    assert largest_transaction(world) == 1000
    assert told == [
        "1000 exports expired",
        "1100 exports expired",
        "1000 exports deleted, 0 removals asked for again",
        "1100 exports deleted, 0 removals asked for again",
    ]


def _expire_at_once(world: World, count: int) -> None:
    user_id = world.sign_up()
    world.connection.execute(
        """
        insert into public.exports
            (user_id, status, path, byte_count, created_at, finished_at, expires_at)
        select
            %(user)s, 'completed', format('%%s/%%s.csv', %(user)s, n), 1,
            '2026-05-20', '2026-05-20', '2026-05-27'
        from generate_series(1, %(count)s) as n
        """,
        {"user": user_id, "count": count},
    )


def test_what_somebody_holds_is_left_to_the_next_run(open_world: Callable[[], World]) -> None:
    world, other = open_world(), open_world()
    user_id = world.sign_up()
    held = world.export(user_id, **MADE, expires_at="2026-05-27 00:00+00")
    world.export(user_id, **MADE, expires_at="2026-05-27 00:00+00")

    with other.connection.transaction():
        other.run("select from public.exports where id = %s for update", held)
        done = call(world, "expire_exports", "2026-06-01 03:00")

    assert done == {"p_expired": 1}
    assert call(world, "expire_exports", "2026-06-02 03:00") == {"p_expired": 1}
