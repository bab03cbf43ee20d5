"""internal.identify_cluster(): the same while transactions go on counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_it_names_cluster_and_timeline(world: World) -> None:
    system, timeline = world.value("select internal.identify_cluster()").split("/")

    assert system == world.value("select system_identifier::text from pg_control_system()")
    assert int(timeline, 16) >= 1


def test_it_stays(world: World) -> None:
    before = world.value("select internal.identify_cluster()")
    world.sign_up()

    assert world.value("select internal.identify_cluster()") == before
