"""squawk's findings about one file of SQL: rules about tables in use, learnt by others."""

import json
import subprocess
import sys
from pathlib import Path

from toolkit.errors import ToolkitError
from toolkit.history import AUTOCOMMIT
from toolkit.review.packet import Remark


class SquawkFailed(ToolkitError):
    """The program squawk is not there, or did not say what it found."""


def ask_squawk(project_root: Path, name: str, sql: str) -> tuple[Remark, ...]:
    """Let squawk read a file.

    Args:
        project_root: where its settings are.
        name: of the file.
        sql: its content.

    Raises:
        SquawkFailed: there is no answer.
    """
    alone = ["--no-assume-in-transaction"] if sql.startswith(AUTOCOMMIT) else []
    program = Path(sys.executable).with_name("squawk")
    command = [str(program), "--reporter", "json", "--stdin-filepath", name, *alone]
    try:
        finished = subprocess.run(
            command, cwd=project_root, input=sql, capture_output=True, text=True, check=False
        )
        found = json.loads(finished.stdout)
    except (OSError, json.JSONDecodeError) as error:
        raise SquawkFailed(
            f"squawk did not read {name}",
            detail=" ".join(str(error).split()),
            hint="Install squawk-cli beside the toolkit; it is one of its dependencies.",
        ) from error
    return tuple(
        Remark(one["line"] + 1, one["rule_name"], " ".join(filter(None, _words(one))))
        for one in found
    )


def _words(one: dict[str, str | None]) -> tuple[str | None, str | None]:
    return one["message"], one["help"]
