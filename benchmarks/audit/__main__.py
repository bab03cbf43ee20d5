"""Measure the record of changes, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
from pathlib import Path

from benchmarks.audit.measuring import count_nested, measure_large, measure_single
from benchmarks.audit.page import Measured, is_good, render, spliced
from benchmarks.audit.sides import PLAIN, open_sides
from toolkit.clones import migrated_template
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "performance.md"
CLIENTS = (1, 16)


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with start(settings) as server:
        prepare_server(server, settings.roles)
        with open_sides(server, migrated_template(server, PROJECT), max(CLIENTS)) as sides:
            measured = Measured(
                single={clients: measure_single(sides, clients) for clients in CLIENTS},
                large=measure_large(sides),
                nested={side.name: count_nested(side) for side in sides if side.name != PLAIN},
            )
    section = render(f"PostgreSQL {server.version}, {server.kind}", measured)
    PAGE.write_text(spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if is_good(measured) else FINDINGS


if __name__ == "__main__":
    sys.exit(main())
