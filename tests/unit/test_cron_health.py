"""Health of jobs: what is late, failing or unable, and what is none of these."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from toolkit.cron import Board, Job, State, judge

# A Sunday.
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Job(
    job_id=7,
    name="shop.tidy",
    role="ann",
    schedule="0 2 * * *",
    command="select shop.tidy()",
    is_active=True,
    database="shop",
    can_login=True,
    has_role=True,
    run_count=10,
    last_run=NOW - 10 * HOUR,
    last_success=NOW - 10 * HOUR,
    is_running=False,
    failure_count=0,
    last_message=None,
    known_since=NOW - 30 * DAY,
)
BOARD = Board(NOW, "shop", "1.6", is_launching=True, blind=(), jobs=())


def test_a_job_that_ran_when_it_was_due_is_fine_and_knows_its_next() -> None:
    health = judge(BOARD, DAILY)

    assert (health.state, health.is_bad, health.reason) == (State.FINE, False, "")
    assert health.next_run == NOW + 14 * HOUR
    assert health.period == DAY


def test_a_job_without_success_since_it_was_due_is_overdue_and_says_since_when() -> None:
    health = judge(BOARD, replace(DAILY, last_success=NOW - 21 * DAY))

    assert health.state is State.OVERDUE
    assert health.is_bad
    assert health.reason == "was due 2026-03-01 02:00, succeeded last 2026-02-08 12:00 GMT"


@pytest.mark.parametrize(("minutes", "state"), [(16, State.OVERDUE), (14, State.FINE)])
def test_a_quarter_of_an_hour_is_granted_to_a_daily_job(minutes: int, state: State) -> None:
    board = replace(BOARD, now=datetime(2026, 3, 1, 2, minutes, tzinfo=UTC))

    assert judge(board, replace(DAILY, last_success=NOW - DAY - 10 * HOUR)).state is state


@pytest.mark.parametrize(("seconds", "state"), [(61, State.FINE), (200, State.OVERDUE)])
def test_two_minutes_are_granted_to_a_job_of_every_minute(seconds: int, state: State) -> None:
    minutely = replace(DAILY, schedule="* * * * *", last_success=NOW - timedelta(seconds=seconds))

    assert judge(BOARD, minutely).state is state


def test_a_job_that_never_ran_waits_until_it_is_known_to_have_missed_a_run() -> None:
    new = replace(DAILY, run_count=0, last_run=None, last_success=None)

    assert judge(BOARD, replace(new, known_since=None)).state is State.WAITING
    assert judge(BOARD, replace(new, known_since=NOW - HOUR)).state is State.WAITING
    assert judge(BOARD, replace(new, known_since=NOW - DAY)).state is State.OVERDUE


def test_failures_since_the_last_success_are_counted_with_what_the_newest_said() -> None:
    health = judge(BOARD, replace(DAILY, failure_count=2, last_message="ERROR:  no\n table "))

    assert health.state is State.FAILING
    assert health.reason == "failed 2 times since its last success: ERROR: no table"


def test_a_paused_job_is_neither_late_nor_failing() -> None:
    paused = replace(DAILY, is_active=False, last_success=NOW - 99 * DAY, failure_count=3)

    assert judge(BOARD, paused).state is State.PAUSED
    assert judge(BOARD, paused).next_run is None


@pytest.mark.parametrize(
    ("board", "job", "reason"),
    [
        (BOARD, replace(DAILY, has_role=False, can_login=False), "does not exist"),
        (BOARD, replace(DAILY, can_login=False), "may not log in"),
        (replace(BOARD, is_launching=False), DAILY, "launcher is not running"),
        (replace(BOARD, version=None), DAILY, "stub"),
        (BOARD, replace(DAILY, schedule="every morning"), "cannot be read"),
    ],
)
def test_a_job_that_cannot_run_says_why(board: Board, job: Job, reason: str) -> None:
    health = judge(board, job)

    assert health.state is State.BROKEN
    assert reason in health.reason
    assert health.next_run is None


def test_not_knowing_whether_the_launcher_runs_is_no_finding() -> None:
    assert judge(replace(BOARD, is_launching=None), DAILY).state is State.FINE


def test_a_running_job_is_running() -> None:
    assert judge(BOARD, replace(DAILY, is_running=True)).state is State.RUNNING
