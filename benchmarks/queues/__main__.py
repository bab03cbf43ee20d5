"""Measure queues and marks, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.queues.measuring import measure_marks, measure_queue
from benchmarks.queues.page import BEGIN, END, is_good, render
from toolkit.clones import clone, migrated_template
from toolkit.connect import connect
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "performance.md"
ROUNDS = 60


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with ExitStack() as stack:
        server = stack.enter_context(start(settings))
        prepare_server(server, settings.roles)
        template = migrated_template(server, PROJECT)
        database = stack.enter_context(clone(server, template))
        connection = stack.enter_context(connect(database.url, prepare_threshold=5))
        queue = measure_queue(connection, ROUNDS)
        marks = measure_marks(connection, ROUNDS)
    section = render(f"PostgreSQL {server.version}, {server.kind}", queue, marks)
    PAGE.write_text(_spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if is_good(queue, marks) else FINDINGS


def _spliced(page: str, section: str) -> str:
    head, marker, rest = page.partition(BEGIN)
    if not marker:
        return f"{page.rstrip()}\n\n{section}\n"
    return head + section + rest.partition(END)[2]


if __name__ == "__main__":
    sys.exit(main())
