"""Trigger t10_refuse_rewrite on audit.changes: not even who owns the record changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("mode", ["origin", "replica"])
@pytest.mark.parametrize(
    "statement", ["update audit.changes set user_id = null", "delete from audit.changes"]
)
def test_the_owner_is_refused_too(world: World, statement: str, mode: str) -> None:
    world.furnish()
    records = world.value("select count(*) from audit.changes")
    if mode == "replica":
        world.run("set local session_replication_role = replica")

    with pytest.raises(InsufficientPrivilege), world.connection.transaction():
        world.run(statement)

    assert world.value("select count(*) from audit.changes") == records > 0
