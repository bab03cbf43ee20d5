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

from toolkit.cli import (
    audit,
    bench,
    check,
    compare,
    cron,
    demo,
    doctor,
    drift,
    facts,
    freeze,
    migrate,
    plan,
    prepare,
    retire,
    review,
    rollback,
    schema,
    server,
    status,
    verify,
)
from toolkit.errors import REFUSED, ToolkitError

_INTERRUPTED = 130

app = typer.Typer(
    name="hephaitos",
    help="Database-first migrations for PostgreSQL: proven, measured, reversible.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.run)
app.add_typer(server.app, name="server")
app.add_typer(audit.app, name="audit")
app.command("doctor")(doctor.run)
app.command("prepare")(prepare.run)
app.command("migrate")(migrate.run)
# -1 is a place to go to, not a flag.
app.command("rollback", context_settings={"ignore_unknown_options": True})(rollback.run)
app.command("status")(status.run)
app.command("freeze")(freeze.run)
app.command("check")(check.run)
app.command("schema")(schema.run)
app.command("verify")(verify.run)
app.command("drift")(drift.run)
app.command("facts")(facts.run)
app.command("plan")(plan.run)
app.command("review")(review.run)
app.add_typer(cron.app, name="cron")
app.command("bench")(bench.run)
app.command("compare")(compare.run)
app.command("retire")(retire.run)


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
