"""internal.get_feed_epoch(): the newest, unless a restore has turned transactions back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import ObjectNotInPrerequisiteState

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_migrated_database_has_one(world: World) -> None:
    assert world.rows("select epoch, floor_seq from internal.get_feed_epoch()") == [(1, 0)]


@pytest.mark.parametrize("undo", ["update internal.feed_epochs set cluster = 'another'",
                                  "delete from internal.feed_epochs"])  # fmt: skip
def test_another_cluster_is_refused_and_says_what_to_do(world: World, undo: str) -> None:
    world.run(undo)

    with pytest.raises(ObjectNotInPrerequisiteState, match="another cluster") as refused:
        world.run("select internal.get_feed_epoch()")

    assert "begin_feed_epoch" in (refused.value.diag.message_hint or "")
