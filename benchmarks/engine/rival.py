"""alembic_utils in a virtual environment of its own, kept for the next run."""

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = (
    "alembic_utils==0.8.8",
    "alembic>=1.20.1",
    "psycopg[binary]>=3.3",
    "sqlalchemy>=2.1",
)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RivalRun:
    """One comparison by alembic_utils.

    Args:
        statements: sent to the server.
        elapsed_s: how long it took.
        operations: changes it saw; none, when it saw rightly.
    """

    statements: int
    elapsed_s: float
    operations: int


def install(state_folder: Path) -> Path:
    """Return a Python that has alembic_utils, installing it when there is none yet."""
    environment = state_folder / "bench-alembic-utils"
    python = environment / "bin" / "python"
    stamp = environment / ".installed"
    if not stamp.exists():
        venv.create(environment, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *REQUIREMENTS],
            check=True,
            stdout=sys.stderr,
        )
        stamp.touch()
    return python


def compare(python: Path, url: str, functions: int) -> RivalRun:
    """Let alembic_utils compare functions that are all there already."""
    finished = subprocess.run(
        [python, "alembic_utils_side.py", url, str(functions)],
        cwd=_FOLDER,
        check=True,
        capture_output=True,
        text=True,
    )
    return RivalRun(**json.loads(finished.stdout))
