"""internal.enqueue_digests_of_week(): one week, everybody in it, nobody twice."""

from collections.abc import Callable

from tests.database.conftest import World
from tests.database.cron_jobs import messages


def test_the_week_is_bounded_by_the_clock_of_its_user(open_world: Callable[[], World]) -> None:
    world = open_world()
    east = world.sign_up(
        time_zone="Pacific/Auckland", created_at="2026-01-01", updated_at="2026-01-01"
    )
    west = world.sign_up(
        time_zone="America/New_York", created_at="2026-01-01", updated_at="2026-01-01"
    )

    world.run("call internal.enqueue_digests_of_week('2026-05-25', '2026-06-01 09:00+00')")

    told = {
        whose: (payload["from"], payload["to"])
        for _, whose, payload in messages(world, "weekly_digest")
    }
    assert {
        whose: tuple(
            world.value("select to_char(%s::timestamptz at time zone 'GMT', 'Dy HH24:MI')", moment)
            for moment in bounds
        )
        for whose, bounds in told.items()
    } == {east: ("Sun 12:00", "Sun 12:00"), west: ("Mon 04:00", "Mon 04:00")}


def test_more_than_a_batch_of_users_is_told(open_world: Callable[[], World]) -> None:
    world = open_world()
    world.run(
        """
        with users as (
            insert into auth.users (id) select gen_random_uuid() from generate_series(1, 1100)
            returning id
        )
        insert into public.profiles (id, created_at, updated_at)
        select id, '2026-01-01', '2026-01-01' from users
        """
    )

    world.run("call internal.enqueue_digests_of_week('2026-05-25', '2026-06-01 09:00+00')")

    assert len(messages(world, "weekly_digest")) == 1100
