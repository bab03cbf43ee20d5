"""Trigger t10_validate_status on strategies: after the record, before anything is cascaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import CheckViolation

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_refused_step_leaves_no_trace(world: World) -> None:
    ada = world.sign_up()
    world.strategy(ada, status="running")

    with pytest.raises(CheckViolation), world.connection.transaction():
        world.run("update public.strategies set status = 'draft'")

    assert world.rows("select status from public.strategies") == [("running",)]
