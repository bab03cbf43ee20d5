"""hephaitos rollback: take revisions back, after showing what data would go with them."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console, Group
from rich.filesize import decimal
from rich.text import Text

from toolkit.catalog import Snapshots
from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, emit
from toolkit.cli.running import (
    AcceptDriftOption,
    ConcurrentLimitOption,
    FingerprintOption,
    LockBudgetOption,
    LogOption,
    RetryForOption,
    WaitForTurnOption,
    outcome_document,
    outcome_text,
    outlook_document,
    run_options,
    tell_progress,
    way,
)
from toolkit.cli.target import named_target
from toolkit.connect import Connection, describe
from toolkit.errors import ToolkitError
from toolkit.runner import Loss, Losses, Outlook, downgrade, find_losses
from toolkit.runner.outlook import BASE
from toolkit.settings import read_settings

# -1 is a place to go to, not a flag.
CONTEXT_SETTINGS = {"ignore_unknown_options": True}

RevisionArgument = Annotated[
    str,
    typer.Argument(
        metavar="REV",
        help="Where the database shall be afterwards: an id, base, or a number of revisions "
        "back like -1.",
        show_default=False,
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for machines.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would go; change nothing and do not ask.")
]


class NotConfirmed(ToolkitError):
    """Nobody said yes to the loss."""


def run(
    revision: RevisionArgument,
    database_url: DatabaseUrlOption = None,
    lock_budget: LockBudgetOption = None,
    retry_for: RetryForOption = None,
    wait_for_turn: WaitForTurnOption = None,
    concurrent_limit: ConcurrentLimitOption = None,
    accept_drift: AcceptDriftOption = None,
    fingerprint: FingerprintOption = None,
    log: LogOption = None,
    dry_run: DryRunOption = False,  # noqa: FBT002 - Typer makes a flag of it
    yes: YesOption = False,  # noqa: FBT002 - as above
    form: FormatOption = Format.TEXT,
) -> int:
    """Take revisions back, after listing the data that would be lost and asking.

    The same run as `alembic downgrade`, which does not ask. Every table and column that some step
    drops is listed with its rows: counted up to 128 MB, estimated above. Without a terminal it is
    refused unless --yes is given.
    """
    settings = read_settings(database_url=database_url)
    url = named_target(settings)
    options = run_options(
        settings, accept_drift,
        lock_budget=lock_budget, retry_for=retry_for, wait_for_turn=wait_for_turn,
        concurrent_limit=concurrent_limit, fingerprint=fingerprint, log=log,
    )  # fmt: skip
    tell_progress(form)
    shown: dict[str, Any] = {"lost": [], "row_statements": [], "untold": ""}

    def consent(outlook: Outlook, connection: Connection) -> bool:
        losses = find_losses(outlook, Snapshots.of(settings.project_root), connection)
        shown.update(_document(losses))
        lines = Group(*_lines(outlook, losses, url))
        if dry_run:
            emit(form, {**outlook_document(outlook), **shown}, lambda: lines, whole_lines=True)
            return False
        if form is Format.TEXT:
            Console(stderr=True, highlight=False, soft_wrap=True).print(lines)
        return yes or _asked(outlook)

    outcome = downgrade(settings.project_root, url, revision, options=options, consent=consent)
    if not dry_run:
        document = {**outcome_document(outcome), **shown}
        emit(form, document, lambda: outcome_text(outcome), whole_lines=True)
    return 0


def _asked(outlook: Outlook) -> bool:
    """Ask on the terminal.

    Raises:
        NotConfirmed: the answer was no, or there is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotConfirmed(
            f"nobody is there to confirm the way back to {outlook.target or BASE}",
            detail="stdin or stderr is no terminal; nothing was changed",
            hint="Look with --dry-run at what would be lost, then add --yes.",
        )
    if not typer.confirm(f"Go back to {outlook.target or BASE}?", err=True):
        raise NotConfirmed(
            f"the way back to {outlook.target or BASE} was not confirmed",
            detail="nothing was changed",
            hint="Give the command again when it is wanted.",
        )
    return True


def _lines(outlook: Outlook, losses: Losses, url: str) -> Iterator[Text]:
    yield Text(f"{describe(url)}: back, {way(outlook.start, outlook.target)}")
    for step in outlook.coming:
        yield Text(f"{step.revision}  {step.claim}", "bold")
        if step.reverse:
            yield Text(f"      Reverse: {step.reverse}", "dim")
    yield from _loss_lines(losses)
    if losses.statements:
        yield Text("statements that change rows by themselves:")
    for one in losses.statements:
        yield Text(f"  {one.file}:{one.line}  {one.title}", "yellow")


def _loss_lines(losses: Losses) -> Iterator[Text]:
    if losses.untold:
        yield Text(f"what would be lost cannot be told: {losses.untold}", "bold red")
    elif not losses.lost:
        yield Text("no table and no column goes: no data would be lost with one", "green")
    else:
        yield Text("data that would be lost:")
    for loss in losses.lost:
        yield Text(f"  {_line(loss)}", "red" if loss.rows or not loss.is_counted else "")


def _line(loss: Loss) -> str:
    unit = "values" if loss.identity.part else "rows"
    amount = f"{loss.rows:,} {unit}" if loss.is_counted else f"about {loss.rows:,} {unit}"
    return f"{loss.identity}: {loss.reason}, {amount}; the table has {decimal(loss.size_bytes)}"


def _document(losses: Losses) -> dict[str, Any]:
    return {
        "lost": [
            {
                "object": str(loss.identity),
                "reason": loss.reason,
                "rows": loss.rows,
                "counted": loss.is_counted,
                "size_bytes": loss.size_bytes,
            }
            for loss in losses.lost
        ],
        "row_statements": [
            {"file": one.file, "line": one.line, "title": one.title} for one in losses.statements
        ],
        "untold": losses.untold,
    }
