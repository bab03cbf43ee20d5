"""internal.refuse_rewrite_trigger(): says whose records, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_the_refusal_is_one_a_reader_can_act_on(world: World) -> None:
    world.furnish()

    with pytest.raises(InsufficientPrivilege) as refused:
        world.run("delete from audit.changes")

    said = refused.value.diag
    assert (said.message_primary, said.message_detail, said.message_hint) == (
        "permission denied to rewrite audit.changes",
        "Records are appended, and neither changed nor removed.",
        "Append a record of what is right.",
    )
