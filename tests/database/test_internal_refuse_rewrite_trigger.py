"""internal.refuse_rewrite_trigger(): says whose records, and what to do instead."""

from __future__ import annotations

import re
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
    # Each month refuses by itself, so that nobody gets around it.
    assert re.sub(r"_\d{4}_\d{2}$", "", str(said.message_primary)) == (
        "permission denied to rewrite audit.changes"
    )
    assert (said.message_detail, said.message_hint) == (
        "Records are appended, and neither changed nor removed.",
        "Append a record of what is right.",
    )
