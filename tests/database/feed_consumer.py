"""A consumer of the feed as a process, to be killed; its arguments are URL, NAME and FILE.

It appends what it reads to a file, a line a change, and then confirms.
"""

import json
import sys
from pathlib import Path
from typing import Any

from toolkit.connect import Connection, connect

READ = """
    select seq, xact_id::text, operation, record_key, new_row
    from internal.read_changes(%s, %s)
"""


def read_on(connection: Connection, name: str, file: Path, limit: int = 50) -> int:
    """Read, apply and confirm one batch, and return how many changes it had."""
    rows = connection.execute(READ, [name, limit]).fetchall()
    if rows:
        with file.open("a", encoding="utf-8") as applied:
            applied.writelines(f"{json.dumps([row[0], *row[2:]])}\n" for row in rows)
        last = rows[-1]
        connection.execute("select internal.confirm_changes(%s, %s, %s)", [name, last[1], last[0]])
    return len(rows)


def settle(connection: Connection) -> None:
    """Wait until whatever was written so far is before the horizon.

    Whoever writes in another database of the server holds it back, too: the other tests.
    """
    (last,) = connection.execute("select pg_current_xact_id()::text").fetchone() or ("",)
    passed = "select pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8"
    while connection.execute(passed, [last]).fetchone() != (True,):
        pass


def applied_by(file: Path) -> dict[int, list[Any]]:
    """Return what was applied, by seq; a line that a kill cut short was not confirmed."""
    changes = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            seq, *rest = json.loads(line)
        except ValueError:
            continue
        changes[seq] = rest
    return changes


def main(url: str, name: str, file: str) -> None:
    """Consume until killed."""
    with connect(url) as connection:
        while True:
            read_on(connection, name, Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
