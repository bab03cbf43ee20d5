"""Views that refresh themselves, as tests look at them: what they hold beside what they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from tests.database.conftest import Rows, World

VIEW = "strategy_performance_agg"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(**time: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(**time)


def off(world: World) -> Rows:
    """Return what the view holds beside or instead of what it should; empty is right."""
    definition = world.value(f"select pg_get_viewdef('internal.{VIEW}'::regclass)").rstrip(";")
    return world.rows(
        f"""
        (table internal.{VIEW} except all ({definition}))
        union all (({definition}) except all table internal.{VIEW})
        """
    )


def is_dirty(world: World) -> bool:
    """Tell whether somebody marked the view."""
    found: bool = world.value(
        "select exists (select from internal.view_marks where view_name = %s)", VIEW
    )
    return found


def refresh(world: World, now: datetime = NOON) -> str:
    """Refresh the view and say what became of it."""
    found: str = world.value("select internal.refresh_view(%s, %s)", VIEW, now)
    return found


def competitor(world: World) -> tuple[UUID, UUID]:
    """Make a user with a public strategy good enough for the ranking."""
    user_id = world.sign_up()
    strategy = world.strategy(user_id, is_public=True)
    for _ in range(3):
        world.result(user_id, strategy, sharpe_ratio=1, cagr=1)
    return user_id, strategy


def state(world: World, now: datetime, columns: str = "due_reason") -> object:
    """Return columns of the view's state at a time."""
    (row,) = world.rows(f"select {columns} from internal.get_view_states(%s)", now)
    return row
