"""Schema audit: no caller of the API gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
@pytest.mark.parametrize("privilege", ["usage", "create"])
def test_the_api_cannot_enter(world: World, role: str, privilege: str) -> None:
    assert world.value("select has_schema_privilege(%s, 'audit', %s)", role, privilege) is False


def test_the_functions_behind_triggers_can(world: World) -> None:
    assert (
        world.value("select has_schema_privilege('hephaitos_internal', 'audit', 'usage')") is True
    )
