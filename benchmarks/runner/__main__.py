"""Measure the runner, print the section of docs/performance.md and put it there.

Exits with 2 when a goal is missed.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.engine.goals import spliced
from benchmarks.runner.goals import goals, render
from benchmarks.runner.measurements import measure
from benchmarks.runner.roads import Workplace
from toolkit.catalog import Scope
from toolkit.errors import FINDINGS
from toolkit.prepare import prepare_server
from toolkit.server import refuse_target, start
from toolkit.settings import read_settings

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "performance.md"


def main() -> int:
    """Run everything on a server of its own."""
    settings = read_settings(start=PROJECT)
    refuse_target(settings)
    with ExitStack() as stack:
        server = stack.enter_context(start(settings))
        prepare_server(server, settings.roles)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workplace = Workplace(settings.project_root, server, folder)
        report = measure(workplace, Scope.of(settings), lambda step: print(step, file=sys.stderr))
    section = render(report)
    PAGE.write_text(spliced(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    print(section)
    return 0 if all(goal.reached for goal in goals(report)) else FINDINGS


if __name__ == "__main__":
    sys.exit(main())
