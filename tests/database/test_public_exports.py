"""public.exports: a status and a file always tell the same story."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

FILE: dict[str, object] = {"byte_count": 10, "finished_at": "2026-01-02"}
LIFE: dict[str, dict[str, object]] = {
    "queued": {},
    "running": {},
    "completed": FILE,
    "failed": {"error": "disk full", "finished_at": "2026-01-02"},
    "expired": FILE,
    "deleted": FILE,
}


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.mark.parametrize("status", LIFE)
def test_every_status_is_possible(world: World, ada: UUID, status: str) -> None:
    world.export(ada, status=status, **LIFE[status])


@pytest.mark.parametrize(
    ("status", "wrong", "constraint"),
    [
        ("queued", "status = 'lost', finished_at = now()", "exports_status_check"),
        ("completed", "path = gen_random_uuid() || '/e.csv'", "exports_path_check"),
        ("completed", "path = user_id || '/' || repeat('a', 1024)", "exports_path_check"),
        ("completed", "path = null", "exports_file_check"),
        ("completed", "byte_count = null", "exports_file_check"),
        ("queued", "byte_count = 1", "exports_file_check"),
        ("failed", "path = user_id || '/e.csv'", "exports_file_check"),
        ("completed", "byte_count = -1", "exports_byte_count_check"),
        ("completed", "error = 'no'", "exports_error_check"),
        ("failed", "error = null", "exports_error_check"),
        ("failed", "error = repeat('a', 10001)", "exports_error_check"),
        ("completed", "finished_at = null", "exports_finished_at_check"),
        ("queued", "finished_at = now()", "exports_finished_at_check"),
        ("queued", "expires_at = created_at", "exports_expires_at_check"),
        ("queued", "user_id = gen_random_uuid()", "exports_user_id_fkey"),
    ],
)
def test_impossible_exports_are_refused(
    world: World, ada: UUID, status: str, wrong: str, constraint: str
) -> None:
    export = world.export(ada, status=status, **LIFE[status])

    assert world.violated(f"update public.exports set {wrong} where id = %s", export) == constraint


def test_a_file_belongs_to_one_export(world: World, ada: UUID) -> None:
    world.export(ada, status="completed", path=f"{ada}/one.csv", **FILE)

    violated = world.violated(
        "insert into public.exports (user_id, status, path, byte_count, finished_at)"
        " values (%s, 'completed', %s, 1, now())",
        ada,
        f"{ada}/one.csv",
    )

    assert violated == "exports_user_id_path_key"


def test_a_new_export_is_kept_for_seven_days(world: World, ada: UUID) -> None:
    export = world.export(ada)

    kept = world.value(
        "select expires_at - created_at = interval '7 days' from public.exports where id = %s",
        export,
    )

    assert kept is True


@pytest.mark.parametrize(
    "statement",
    [
        "insert into public.exports (user_id) values (auth.uid())",
        "update public.exports set status = status",
        "delete from public.exports",
    ],
)
def test_its_owner_only_reads(world: World, ada: UUID, statement: str) -> None:
    world.export(ada)

    with world.acting_as("authenticated", ada):
        assert len(world.rows("select id from public.exports")) == 1
    with world.acting_as("authenticated", ada), pytest.raises(InsufficientPrivilege):
        world.run(statement)
