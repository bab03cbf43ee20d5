"""internal.set_read_at_trigger(): nothing is read before it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_what_a_later_transaction_wrote_is_read_when_it_was_written(world: World) -> None:
    world.notification(world.sign_up(), created_at="2999-01-01")

    world.run("update public.notifications set read_at = now()")

    assert world.value("select read_at = created_at from public.notifications")
