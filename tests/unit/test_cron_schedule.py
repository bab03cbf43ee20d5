"""Schedules: when jobs are due, as pg_cron counts, in GMT."""

from datetime import UTC, datetime, timedelta

import pytest

from toolkit.cron.schedule import Schedule, ScheduleUnreadable

# A Sunday.
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("* * * * *", "2026-03-01 12:29", "2026-03-01 12:31"),
        ("0 2 * * *", "2026-03-01 02:00", "2026-03-02 02:00"),
        ("0 9 * * 1", "2026-02-23 09:00", "2026-03-02 09:00"),
        ("0 9 * * mon", "2026-02-23 09:00", "2026-03-02 09:00"),
        ("0 0 * * 7", "2026-03-01 00:00", "2026-03-08 00:00"),
        ("0 0 $ * *", "2026-02-28 00:00", "2026-03-31 00:00"),
        # Where both name days, either is enough.
        ("0 0 13 * 1", "2026-02-23 00:00", "2026-03-02 00:00"),
        ("@hourly", "2026-03-01 12:00", "2026-03-01 13:00"),
        ("@daily", "2026-03-01 00:00", "2026-03-02 00:00"),
        ("@weekly", "2026-03-01 00:00", "2026-03-08 00:00"),
        ("@monthly", "2026-03-01 00:00", "2026-04-01 00:00"),
        ("@annually", "2026-01-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_a_schedule_knows_its_neighbours(text: str, before: str, after: str) -> None:
    schedule = Schedule(text)

    assert schedule.last_before(NOW) == datetime.fromisoformat(f"{before}+00:00")
    assert schedule.next_after(NOW) == datetime.fromisoformat(f"{after}+00:00")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("30 seconds", timedelta(seconds=30)),
        ("* * * * *", timedelta(minutes=1)),
        ("0 2 * * *", timedelta(days=1)),
        ("0 9 * * 1", timedelta(days=7)),
        # Working days: the widest gap is the one that matters.
        ("0 9 * * 1-5", timedelta(days=3)),
        ("@reboot", None),
    ],
)
def test_the_period_is_the_widest_gap(text: str, period: timedelta | None) -> None:
    assert Schedule(text).period_from(NOW) == period


def test_no_clock_says_when_a_server_starts() -> None:
    assert Schedule("@reboot").next_after(NOW) is None
    assert Schedule("@reboot").last_before(NOW) is None


@pytest.mark.parametrize("text", ["", "bad", "* * * *", "60 * * * *", "0 24 * * *", "0 0 31 2 *"])
def test_what_is_no_schedule_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ScheduleUnreadable, match="cannot be read") as refused:
        Schedule(text)

    assert repr(text) in refused.value.message
    assert "GMT" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "version", "needed"),
    [("5 seconds", "1.4-1", "1.5"), ("0 0 $ * *", "1.5", "1.6"), ("0 0 $ * *", "1.4-1", "1.6")],
)
def test_a_version_that_cannot_run_it_is_named(text: str, version: str, needed: str) -> None:
    with pytest.raises(ScheduleUnreadable) as refused:
        Schedule(text).refuse_on(version)

    assert refused.value.message.startswith(f"pg_cron {version} cannot run")
    assert needed in refused.value.detail


@pytest.mark.parametrize(
    ("text", "version"),
    [("5 seconds", "1.5"), ("0 0 $ * *", "1.6"), ("0 2 * * *", "1.4-1"), ("5 seconds", "1.10")],
)
def test_a_version_that_can_run_it_may(text: str, version: str) -> None:
    Schedule(text).refuse_on(version)
