"""Measure the engine, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.engine.goals import goals, render, spliced
from benchmarks.engine.measurements import measure
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PAGE)
    refuse_target(settings)
    with ExitStack() as stack:
        server = stack.enter_context(start(settings))
        prepare_server(server, settings.roles)
        report = measure(server, settings.state_folder, lambda step: print(step, file=sys.stderr))
    section = render(report)
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    PAGE.write_text(spliced(page, section), encoding="utf-8")
    print(section)
    return 0 if all(goal.reached for goal in goals(report)) else FINDINGS


if __name__ == "__main__":
    sys.exit(main())
