"""internal.make_audit_partition(): a month as closed as the record itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

MONTH = "select internal.make_audit_partition('changes_2001_02', '2001-02-01Z', '2001-03-01Z')"
RECORD = """
    insert into audit.changes (changed_at, table_schema, table_name, operation)
    values ('2001-02-03', 'public', 'toys', 'truncate')
    returning tableoid::regclass::text
"""


def test_records_of_the_month_go_there(world: World) -> None:
    world.run(MONTH)

    assert world.rows(RECORD) == [("audit.changes_2001_02",)]


@pytest.mark.parametrize("mode", ["origin", "replica"])
@pytest.mark.parametrize(
    "statement",
    ["update {} set user_id = null", "delete from {}", "truncate {}"],
)
def test_what_is_in_it_cannot_be_rewritten_there(world: World, statement: str, mode: str) -> None:
    world.run(MONTH)
    world.rows(RECORD)
    world.run(f"set local session_replication_role = {mode}")

    with pytest.raises(InsufficientPrivilege, match="rewrite"):
        world.run(statement.format("audit.changes_2001_02"))


def test_nobody_is_granted_anything_on_it(world: World) -> None:
    world.run("alter default privileges in schema audit grant all on tables to service_role")
    world.run(MONTH)

    assert (
        world.rows(
            "select grantee::regrole::text from pg_class, aclexplode(relacl) "
            "where oid = 'audit.changes_2001_02'::regclass and grantee <> relowner"
        )
        == []
    )
