"""Trigger t70_mark_dirty_updated: what stops being public leaves the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.views import competitor, is_dirty, off, refresh

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("change", ["is_public = false", "status = 'archived'"])
def test_a_strategy_that_leaves_the_ranking_marks_it(world: World, change: str) -> None:
    competitor(world)
    refresh(world)

    world.run(f"update public.strategies set {change}")

    assert (is_dirty(world), off(world) != []) == (True, True)


def test_a_strategy_that_was_private_marks_it(world: World) -> None:
    _, strategy = competitor(world)
    world.run("update public.strategies set is_public = false")
    refresh(world)

    world.run("update public.strategies set is_public = true where id = %s", strategy)

    assert (is_dirty(world), off(world) != []) == (True, True)
