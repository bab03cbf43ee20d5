"""internal.settle_expired_exports(): an export is deleted when its file is, and not before."""

from collections.abc import Callable
from uuid import UUID

from tests.database.conftest import World
from tests.database.cron_jobs import call, messages


def _expired(world: World, user_id: UUID, *, has_file: bool) -> UUID:
    export_id = world.export(
        user_id,
        status="expired",
        byte_count=1,
        created_at="2026-05-20",
        finished_at="2026-05-20",
        expires_at="2026-05-27",
    )
    if has_file:
        world.run(
            "insert into storage.objects (bucket_id, name) values ('exports', %s)",
            f"{user_id}/{export_id}.csv",
        )
    return export_id


def _bucket(world: World) -> None:
    world.run("insert into storage.buckets (id, name) values ('exports', 'exports')")


def _status(world: World, export_id: UUID) -> str:
    return str(world.value("select status from public.exports where id = %s", export_id))


def test_an_export_whose_file_is_gone_is_deleted_and_no_other(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    _bucket(world)
    user_id = world.sign_up()
    gone, there = _expired(world, user_id, has_file=False), _expired(world, user_id, has_file=True)

    done = call(world, "settle_expired_exports", "2026-06-01 03:00")

    assert done == {"p_deleted": 1, "p_asked_again": 1}
    assert (_status(world, gone), _status(world, there)) == ("deleted", "expired")


def test_a_removal_that_is_under_way_or_dead_is_not_asked_for_again(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    _bucket(world)
    user_id = world.sign_up()
    ids = [_expired(world, user_id, has_file=True) for _ in range(3)]
    for export_id in ids:
        world.run(
            "select internal.enqueue_messages('storage_deletions',"
            " jsonb_build_array(internal.describe_removal(%s, %s, 'x')))",
            f"export:{export_id}",
            user_id,
        )
    world.run(
        "update internal.messages set state = 'dead', last_error = 'no', attempts = 1,"
        " finished_at = now() where dedup_key = %s",
        f"export:{ids[1]}",
    )
    world.run(
        "update internal.messages set state = 'done', attempts = 1, finished_at = now()"
        " where dedup_key = %s",
        f"export:{ids[2]}",
    )

    first = call(world, "settle_expired_exports", "2026-06-01 03:00")
    same_day = call(world, "settle_expired_exports", "2026-06-01 04:00")

    assert first == {"p_deleted": 0, "p_asked_again": 1}
    assert same_day == {"p_deleted": 0, "p_asked_again": 0}
    assert f"export:{ids[2]}:2026-06-01" in [key for key, *_ in messages(world, "remove_file")]
