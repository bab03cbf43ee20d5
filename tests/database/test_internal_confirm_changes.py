"""internal.confirm_changes(): forward only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InvalidParameterValue

if TYPE_CHECKING:
    from tests.database.conftest import World

CONFIRM = "select internal.confirm_changes('tester', %s, %s)"
POSITION = "select xact_id::text, seq, confirmed_at is not null from internal.feed_consumers"


def test_a_position_moves_forward_only(world: World) -> None:
    world.run("select internal.join_feed('tester', p_from_start => true)")

    for xact_id, seq in (("7", 9), ("7", 8), ("6", 99), ("8", 1)):
        world.run(CONFIRM, xact_id, seq)

    assert world.rows(POSITION) == [("8", 1, True)]


def test_who_never_joined_confirms_nothing(world: World) -> None:
    with pytest.raises(InvalidParameterValue):
        world.run(CONFIRM, "1", 1)
