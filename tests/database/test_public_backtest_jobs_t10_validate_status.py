"""Trigger t10_validate_status on backtest_jobs: what has ended stays ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import CheckViolation

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_job_cannot_end_twice(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada), status="cancelled", finished_at="2026-01-01")

    with pytest.raises(CheckViolation), world.connection.transaction():
        world.run("update public.backtest_jobs set status = 'failed', error = 'late'")

    assert world.rows("select status from public.backtest_jobs") == [("cancelled",)]
