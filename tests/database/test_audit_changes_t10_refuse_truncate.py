"""Trigger t10_refuse_truncate on audit.changes: not even who owns the record empties it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_the_owner_is_refused_too(world: World, mode: str) -> None:
    world.furnish()
    records = world.value("select count(*) from audit.changes")
    if mode == "replica":
        world.run("set local session_replication_role = replica")

    with pytest.raises(InsufficientPrivilege), world.connection.transaction():
        world.run("truncate audit.changes")

    assert world.value("select count(*) from audit.changes") == records > 0
