"""internal.pick_columns(): a key of one to four columns, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World

ROW = {"a": 1, "b": "two", "c": None, "d": [4], "e": 5}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_one_to_four_columns_are_picked(world: World, count: int) -> None:
    names = [*list(ROW)[:count], *[None] * (4 - count)]

    picked = world.value("select internal.pick_columns(%s, %s, %s, %s, %s)", Jsonb(ROW), *names)

    assert picked == {name: ROW[name] for name in list(ROW)[:count]}


def test_no_column_is_no_key(world: World) -> None:
    assert (
        world.value("select internal.pick_columns(%s, null, null, null, null)", Jsonb(ROW)) is None
    )


def test_it_is_inlined(world: World) -> None:
    plan = world.rows(
        "explain (verbose, costs off) "
        "select internal.pick_columns(new_row, 'id', null, null, null) from audit.changes"
    )

    assert "pick_columns" not in str(plan)
