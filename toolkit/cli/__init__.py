"""The command line, `hephaitos`: one file a command, errors caught once, here.

Results go to stdout, progress to stderr. Exit codes: 0 done, 1 refused or failed, 2 findings,
3 tampered history.
"""

import signal
import sys
from types import FrameType

import typer

# Typer carries its own Click and exports no name for the family of usage errors.
from typer._click.exceptions import ClickException

from toolkit.cli.entrance import Entrance
from toolkit.errors import REFUSED, ToolkitError

_INTERRUPTED = 130

app = typer.Typer(
    name="hephaitos",
    cls=Entrance,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _say_what_this_is() -> None:
    """Database-first migrations for PostgreSQL: proven, measured, reversible."""


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except ToolkitError as error:
        return _refuse(error.as_text(), error.exit_code)
    except ClickException as error:
        if not error.format_message():  # no command at all: the help was shown
            return REFUSED
        return _refuse(f"error: {error.format_message()}\n  hint: add --help to see what it takes")
    if code == _INTERRUPTED:
        return _refuse("error: interrupted\n  detail: whatever the command started is stopped")
    return code or 0


def _refuse(text: str, code: int = REFUSED) -> int:
    print(text, file=sys.stderr)
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Let a polite kill clean up as Ctrl-C does."""
    raise KeyboardInterrupt
