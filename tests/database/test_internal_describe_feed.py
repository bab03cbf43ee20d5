"""internal.describe_feed(): who holds the horizon back, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_whoever_holds_it_back_is_named(open_world: Callable[[], World]) -> None:
    holder, writer, world = open_world(), open_world(), open_world()
    with holder.connection.transaction(force_rollback=True):
        holder.run("set local application_name = 'sleeper'")
        pid = holder.value("select pg_backend_pid()")
        # Any write counts; it need not be to what is audited.
        holder.run("create temp table notes (note text)")
        xid = holder.value("select pg_current_xact_id()::text")
        writer.sign_up()

        rows = world.rows(
            "select horizon::text, lag, holder_pid, holder_application, holder_since is not null "
            "from internal.describe_feed()"
        )

    ((horizon, lag, found, application, is_dated),) = rows
    # Somebody else on this server may have an older one: then that is who holds it.
    if horizon == xid:
        assert (found, application, is_dated) == (pid, "sleeper", True)
    assert int(horizon) <= int(xid)
    assert lag > timedelta(0)


def test_it_is_one_row_also_when_nobody_writes(world: World) -> None:
    assert len(world.rows("select from internal.describe_feed()")) == 1
