"""Triggers t10_record_truncate: a table that was emptied says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.audited import AUDITED

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize("table", AUDITED)
def test_a_truncate_is_recorded_also_by_cascade(world: World, table: str) -> None:
    world.furnish()

    world.run("truncate auth.users cascade")

    assert world.rows(
        "select record_key, old_row, new_row from audit.changes "
        "where table_name = %s and operation = 'truncate'",
        table,
    ) == [(None, None, None)]
