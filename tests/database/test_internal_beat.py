"""internal.beat(): a sign of life."""

from tests.database.conftest import World


def test_a_beat_is_written_down_and_a_late_one_does_not_count(world: World) -> None:
    assert str(world.value("select internal.beat('2026-06-01 09:00+00') at time zone 'GMT'")) == (
        "2026-06-01 09:00:00"
    )
    world.run("select internal.beat('2026-06-01 08:00+00')")

    assert world.value(
        "select done_until = '2026-06-01 09:00+00' from internal.job_watermarks"
        " where job = 'internal.beat'"
    )
