"""Trigger t30_derive_updated_at on public.profiles: updated_at follows every real change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

OLD = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "is_stamped"),
    [
        ("display_name = 'two'", True),
        ("display_name = 'one'", False),
        ("updated_at = '2026-01-02'", True),
    ],
)
def test_only_a_change_is_stamped(world: World, change: str, *, is_stamped: bool) -> None:
    world.sign_up(created_at=OLD, updated_at=OLD, display_name="one")

    touched = world.run(f"update public.profiles set {change}")

    assert touched == 1
    assert world.value("select updated_at = now() from public.profiles") is is_stamped
