"""Measure plans, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.plans.page import BEGIN, END, is_good, render
from benchmarks.plans.planning import plan_for_a_crowd
from benchmarks.plans.swapping import change_back_and_forth, furnish
from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
ROWS, ROUNDS = 600_000, 5


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with ExitStack() as stack:
        server = stack.enter_context(start(settings))
        prepare_server(server, settings.roles)
        shop = stack.enter_context(clone(server, "template0"))
        with connect(shop.url) as connection:
            furnish(connection, ROWS)
        changes = list(change_back_and_forth(shop, ROUNDS))
        crowd = stack.enter_context(clone(server, "template0"))
        with connect(crowd.url) as connection:
            planned = plan_for_a_crowd(connection)
    section = render(f"PostgreSQL {server.version}, {server.kind}", ROWS, changes, planned)
    PAGE.write_text(_spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if is_good(changes, planned) else FINDINGS


def _spliced(page: str, section: str) -> str:
    head, marker, rest = page.partition(BEGIN)
    if not marker:
        return f"{page.rstrip()}\n\n{section}\n"
    return head + section + rest.partition(END)[2]


if __name__ == "__main__":
    sys.exit(main())
