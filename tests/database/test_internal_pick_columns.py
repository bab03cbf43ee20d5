"""internal.pick_columns(): a key of one to four columns, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World

ROW = {"a": 1, "b": "two", "c": None, "d": [4], "e": 5}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_one_to_four_columns_are_picked(world: World, count: int) -> None:
    columns = list(ROW)[:count]

    picked = world.value("select internal.pick_columns(%s, %s::text[])", Jsonb(ROW), columns)

    assert picked == ({name: ROW[name] for name in columns} if 1 <= count <= 4 else None)


def test_it_is_inlined(world: World) -> None:
    plan = world.rows(
        "explain (verbose, costs off) "
        "select internal.pick_columns(new_row, '{id}'::text[]) from audit.changes"
    )

    assert "pick_columns" not in str(plan)
