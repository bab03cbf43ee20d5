"""The audited tables: what sql/triggers says of them, and how to change a row of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World

TRIGGERS = Path(__file__).resolve().parents[2] / "sql" / "triggers" / "public"
CHANGES = {
    "profiles": "display_name = 'Ada'",
    "strategies": "name = 'reversal'",
    "backtest_jobs": "idempotency_key = 'again'",
    "backtest_results": "total_return = 2",
    "trades": "pnl = 7",
    "notifications": "title = 'Goodbye'",
    "exports": "expires_at = 'infinity'",
}


def carriers(trigger: str) -> list[str]:
    """Return the tables that sql/ gives a trigger."""
    return sorted(path.name.split(".")[0] for path in TRIGGERS.glob(f"*.{trigger}.sql"))


AUDITED = carriers("t10_record_delete")
RECORDED_AT_INSERT = carriers("t10_record_insert")


def operations(world: World) -> Counter[tuple[str, str]]:
    """Count the records there are, by table and operation."""
    return Counter(
        (table, operation)
        for table, operation in world.rows("select table_name, operation from audit.changes")
    )
