"""internal.leave_feed(): forgotten, and harmless twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_who_left_is_forgotten(world: World) -> None:
    world.run("select internal.join_feed('tester')")
    for _ in range(2):
        world.run("select internal.leave_feed('tester')")

    assert world.rows("select from internal.feed_consumers") == []
