"""Measure the record of changes, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.audit.measuring import count_nested, measure_large, measure_single
from benchmarks.audit.page import Measured, is_good, render, spliced
from benchmarks.audit.sides import BY_ROW, RECORDED, Side, open_sides
from toolkit.clones import migrated_template
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import Server, refuse_target, start
from toolkit.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "performance.md"
CLIENTS = (1, 16)
LARGE = (RECORDED, BY_ROW)


def main() -> int:
    """Run everything on servers of its own: one with its data in memory, one on a disk."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with _opened(settings, on_disk=False) as (server, sides):
        large = measure_large(sides)
        nested = {side.name: count_nested(side) for side in sides if side.name in LARGE}
        in_memory = {clients: measure_single(sides, clients) for clients in CLIENTS}
    # Who writes a row to a database in use waits for its commit, with a record and without.
    with _opened(settings, on_disk=True) as (_, sides):
        on_disk = {clients: measure_single(sides, clients) for clients in CLIENTS}
    measured = Measured(large, nested, on_disk, in_memory)
    section = render(f"PostgreSQL {server.version}, {server.kind}", measured)
    PAGE.write_text(spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if is_good(measured) else FINDINGS


@contextmanager
def _opened(settings: Settings, *, on_disk: bool) -> Iterator[tuple[Server, list[Side]]]:
    with start(settings, on_disk=on_disk) as server:
        prepare_server(server, settings.roles)
        with open_sides(server, migrated_template(server, PROJECT), max(CLIENTS)) as sides:
            yield server, sides


if __name__ == "__main__":
    sys.exit(main())
