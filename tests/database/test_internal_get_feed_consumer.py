"""internal.get_feed_consumer(): whoever cannot read on is told why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InvalidParameterValue

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("name", ["nobody", None])
def test_who_never_joined_is_refused(world: World, name: str | None) -> None:
    with pytest.raises(InvalidParameterValue) as refused:
        world.run("select internal.get_feed_consumer(%s)", name)

    assert refused.value.diag.message_hint == "Run select internal.join_feed(name) once."


def test_who_joined_stands_somewhere(world: World) -> None:
    world.run("select internal.join_feed('tester')")

    assert world.rows("select consumer, epoch, seq from internal.get_feed_consumer('tester')") == [
        ("tester", 1, 0)
    ]
