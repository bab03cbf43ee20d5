"""Running the command line as a person does: another process, its exit code, its two streams."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a finished command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def run_command(
    *arguments: str,
    module: str = "toolkit",
    cwd: Path = PROJECT,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run `hephaitos …`, or any Python module, and wait for it."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env={**plain_environment(), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(finished.returncode, finished.stdout, finished.stderr)


@pytest.fixture
def run() -> Run:
    """Return run_command; a test that asks for it starts processes."""
    return run_command


@pytest.fixture(scope="module")
def run_once() -> Run:
    """Return run_command, for fixtures whose result a whole file looks at."""
    return run_command


def plain_environment() -> dict[str, str]:
    """Return the machine's environment without any choice of the user's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HEPHAITOS_", "PG"))
    }
