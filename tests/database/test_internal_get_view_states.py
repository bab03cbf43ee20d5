"""internal.get_view_states(): dirty, due and overdue by settings, not by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.views import VIEW, after, competitor, refresh, state

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.fixture
def settled(world: World) -> World:
    """A view refreshed at noon: no sooner than every 10 minutes, no later than after 2 hours."""
    world.run(
        "update internal.views set minimum_interval = '10 minutes', maximum_staleness = '2 hours'"
    )
    refresh(world)
    return world


def test_a_view_that_was_never_refreshed_is_due(world: World) -> None:
    assert state(world, after()) == ("never refreshed",)


@pytest.mark.parametrize(("minutes", "reason"), [(0, None), (119, None), (120, "stale")])
def test_a_clean_view_is_due_when_it_is_old(
    settled: World, minutes: float, reason: str | None
) -> None:
    assert state(settled, after(minutes=minutes)) == (reason,)


@pytest.mark.parametrize(
    ("minutes", "reason"), [(0, None), (9.9, None), (10, "dirty"), (120, "stale")]
)
def test_a_dirty_view_is_due_after_its_interval(
    settled: World, minutes: float, reason: str | None
) -> None:
    competitor(settled)

    assert state(settled, after(minutes=minutes)) == (reason,)


def test_a_view_that_stays_dirty_is_overdue_in_the_end(settled: World) -> None:
    competitor(settled)
    settled.run("update internal.view_marks set marked_at = %s", after(minutes=5))

    states = [
        state(settled, after(minutes=minutes), "dirty_since, mark_count, is_overdue")
        for minutes in (125, 126)
    ]

    assert states == [(after(minutes=5), 1, False), (after(minutes=5), 1, True)]


def test_a_failure_does_not_count_as_a_refresh(settled: World) -> None:
    settled.run(
        """
        insert into internal.view_refreshes (view_name, refreshed_at, duration, mark_count, error)
        values (%s, %s, '1 s', 0, 'XX000 bang')
        """,
        VIEW, after(hours=1),
    )  # fmt: skip

    assert state(settled, after(hours=1), "refreshed_at, error") == (after(), "XX000 bang")
    refresh(settled, after(hours=2))
    assert state(settled, after(hours=2), "refreshed_at, error") == (after(hours=2), None)
