"""internal.clean_up_exports(): the whole way of an export, and what SQL must not do."""

from collections.abc import Callable

from tests.database.conftest import World
from tests.database.cron_jobs import call, messages


def test_an_export_expires_its_file_goes_by_a_worker_and_then_it_is_deleted(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    world.run("insert into storage.buckets (id, name) values ('exports', 'exports')")
    user_id = world.sign_up()
    export_id = world.export(
        user_id,
        status="completed",
        byte_count=1,
        created_at="2026-05-20",
        finished_at="2026-05-20",
        expires_at="2026-05-27",
    )
    world.run(
        "insert into storage.objects (bucket_id, name, created_at)"
        " values ('exports', %s, '2026-05-20')",
        f"{user_id}/{export_id}.csv",
    )

    first = call(world, "clean_up_exports", "2026-06-01 03:00")
    with_file = world.value("select count(*) from storage.objects")
    # What the worker does, by the storage API: the row goes with the file.
    with world.connection.transaction():
        world.run("set local storage.allow_delete_query = 'true'")
        world.run("delete from storage.objects")
    second = call(world, "clean_up_exports", "2026-06-02 03:00")

    assert first == {"p_expired": 1, "p_deleted": 0, "p_asked_again": 0, "p_orphaned": 0}
    assert with_file == 1, "the clean-up itself never deletes from storage"
    assert second == {"p_expired": 0, "p_deleted": 1, "p_asked_again": 0, "p_orphaned": 0}
    assert len(messages(world, "remove_file")) == 1
    assert world.value("select status from public.exports") == "deleted"
    assert world.value(
        "select done_until = '2026-06-02 03:00+00' from internal.job_watermarks"
        " where job = 'internal.clean_up_exports'"
    )


def test_callers_of_the_api_do_not_get_in(open_world: Callable[[], World]) -> None:
    world = open_world()
    user_id = world.sign_up()

    for role in ("anon", "authenticated", "service_role"):
        code, *_ = world.refused(role, user_id, "call internal.clean_up_exports()")
        assert code == "42501"
