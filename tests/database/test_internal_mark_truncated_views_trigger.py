"""internal.mark_truncated_views_trigger(): emptied tables change views, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("tables", ["backtest_results", "strategies", "profiles"])
def test_a_view_of_truncated_tables_is_dirty_and_empty_afterwards(
    world: World, tables: str
) -> None:
    competitor(world)
    refresh(world)

    world.run(f"truncate public.{tables} cascade")
    marked = is_dirty(world)
    refresh(world)

    assert (marked, off(world)) == (True, [])
    assert world.value("select count(*) from internal.strategy_performance_agg") == 0
