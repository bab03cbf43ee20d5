"""internal.enqueue_weekly_digests(): one digest a user and ISO week, whatever was missed."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.database.conftest import World
from tests.database.cron_jobs import call, messages

LONG_HERE = {"created_at": "2026-01-01", "updated_at": "2026-01-01"}
WEEK = timedelta(weeks=1)
# The quarter's Mondays: 09:00 to 12:00 GMT each, as the schedule has it.
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICKS = [FIRST + week * WEEK + timedelta(hours=hour) for week in range(13) for hour in range(4)]


def _weeks(world: World) -> Counter[tuple[object, str]]:
    return Counter(
        (whose, payload["week"]) for _, whose, payload in messages(world, "weekly_digest")
    )


def test_everybody_who_wants_one_is_told_of_the_week_that_is_over(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    user_id = world.sign_up(**LONG_HERE)
    world.sign_up(**LONG_HERE, digest_opt_out=True)
    world.sign_up(created_at="2026-06-01 00:00+00", updated_at="2026-06-01")

    assert call(world, "enqueue_weekly_digests", "2026-06-01 08:59") == {"p_enqueued": 0}
    assert call(world, "enqueue_weekly_digests", "2026-06-01 09:00") == {"p_enqueued": 1}
    assert call(world, "enqueue_weekly_digests", "2026-06-01 09:00") == {"p_enqueued": 0}
    assert _weeks(world) == {(user_id, "2026-W22"): 1}


def test_whose_sunday_is_not_over_at_nine_waits_until_it_is(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    world.sign_up(**LONG_HERE, time_zone="Pacific/Honolulu")

    assert call(world, "enqueue_weekly_digests", "2026-06-01 09:00") == {"p_enqueued": 0}
    assert call(world, "enqueue_weekly_digests", "2026-06-01 10:00") == {"p_enqueued": 1}


def test_three_missed_weeks_are_three_digests(open_world: Callable[[], World]) -> None:
    world = open_world()
    user_id = world.sign_up(**LONG_HERE)
    call(world, "enqueue_weekly_digests", "2026-06-01 12:00")

    done = call(world, "enqueue_weekly_digests", "2026-06-23 17:00")

    assert done == {"p_enqueued": 3}
    assert _weeks(world) == {(user_id, f"2026-W{week}"): 1 for week in (22, 23, 24, 25)}


def test_the_first_week_is_not_lost_with_the_rest_of_its_monday(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    user_id = world.sign_up(**LONG_HERE, time_zone="Etc/GMT+12")
    call(world, "enqueue_weekly_digests", "2026-06-01 09:00")

    call(world, "enqueue_weekly_digests", "2026-06-08 12:00")

    assert _weeks(world) == {(user_id, "2026-W22"): 1, (user_id, "2026-W23"): 1}


def test_who_came_in_the_middle_of_a_missed_time_is_told_only_of_their_weeks(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    call(world, "enqueue_weekly_digests", "2026-06-01 12:00")
    user_id = world.sign_up(created_at="2026-06-10", updated_at="2026-06-10")

    call(world, "enqueue_weekly_digests", "2026-06-23 17:00")

    assert _weeks(world) == {(user_id, "2026-W24"): 1, (user_id, "2026-W25"): 1}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(missed=st.sets(st.sampled_from(TICKS), max_size=len(TICKS)))
@example(missed=set(TICKS[1:4]))
def test_whatever_outages_a_quarter_has_every_week_is_told_exactly_once(
    open_world: Callable[[], World], missed: set[datetime]
) -> None:
    world = open_world()
    world.run("delete from internal.messages")
    world.run("delete from auth.users")
    world.run("delete from internal.job_watermarks")
    zones = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York")
    users = [world.sign_up(**LONG_HERE, time_zone=zone) for zone in zones]
    # The week before the first tick is where the watermark begins.
    call(world, "enqueue_weekly_digests", FIRST)

    for tick in TICKS:
        if tick not in missed:
            call(world, "enqueue_weekly_digests", tick)
    call(world, "enqueue_weekly_digests", TICKS[-1] + timedelta(days=2))

    told = [FIRST - WEEK + week * WEEK for week in range(13)]
    assert _weeks(world) == {
        (user, monday.strftime("%G-W%V")): 1 for user in users for monday in told
    }
