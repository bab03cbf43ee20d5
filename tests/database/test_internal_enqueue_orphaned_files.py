"""internal.enqueue_orphaned_files(): files that no export knows any more."""

from collections.abc import Callable
from uuid import uuid4

from tests.database.conftest import World
from tests.database.cron_jobs import call, messages


def _file(world: World, name: str, made: str = "2026-05-01") -> None:
    world.run(
        "insert into storage.objects (bucket_id, name, created_at) values ('exports', %s, %s)",
        name,
        made,
    )


def test_files_of_nobody_are_asked_for_once_and_known_or_young_ones_never(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    world.run("insert into storage.buckets (id, name) values ('exports', 'exports'), ('b', 'b')")
    user_id = world.sign_up()
    known = world.export(
        user_id,
        status="completed",
        byte_count=1,
        finished_at="2026-06-02",
    )
    _file(world, f"{user_id}/{known}.csv")
    _file(world, f"{uuid4()}/left.csv")
    _file(world, "no folder of anybody.csv")
    _file(world, f"{user_id}/just now.csv", made="2026-06-01 02:00+00")
    world.run("insert into storage.objects (bucket_id, name) values ('b', 'not ours.csv')")

    done = call(world, "enqueue_orphaned_files", "2026-06-01 03:00")
    again = call(world, "enqueue_orphaned_files", "2026-06-01 03:00")

    assert (done, again) == ({"p_orphaned": 2}, {"p_orphaned": 0})
    paths = sorted(
        payload["path"].rpartition("/")[2] for *_, payload in messages(world, "remove_file")
    )
    assert paths == ["left.csv", "no folder of anybody.csv"]
