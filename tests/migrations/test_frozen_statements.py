"""Frozen files are cut into as many statements as PostgreSQL itself sees in them."""

from pathlib import Path

import pytest

from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.script import split

FROZEN = Path(__file__).resolve().parents[2] / "migrations" / "frozen"


@pytest.mark.parametrize("direction", ["up", "down"])
def test_the_server_counts_the_same(pristine_database: Database, direction: str) -> None:
    files = sorted(FROZEN.glob(f"*.{direction}.sql"))
    if direction == "down":
        _run(pristine_database, sorted(FROZEN.glob("*.up.sql")))

    counted = _run(pristine_database, files if direction == "up" else files[::-1])

    assert counted == {path.name: len(split(path.read_text("utf-8"))) for path in files}


def _run(database: Database, files: list[Path]) -> dict[str, int]:
    """Send each file as one message, and count what comes back."""
    counted = {}
    with connect(database.url, autocommit=False) as connection:
        for path in files:
            cursor = connection.execute(path.read_bytes())
            counted[path.name] = 1
            while cursor.nextset():
                counted[path.name] += 1
            connection.commit()
    return counted
