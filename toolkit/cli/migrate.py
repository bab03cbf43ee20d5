"""hephaitos migrate: apply revisions to a database in use, as plain `alembic upgrade` does."""

from typing import Annotated, Any

import typer
from rich.console import Group

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
    outlook_lines,
    run_options,
    tell_progress,
)
from toolkit.cli.target import named_target
from toolkit.connect import Connection
from toolkit.runner import Ending, Outlook, RunOptions, upgrade
from toolkit.settings import Settings, read_settings

RevisionArgument = Annotated[
    str, typer.Argument(metavar="[REV]", help="An id, head, or a number of revisions like +2.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print revisions and statements; change nothing.")
]


def run(
    revision: RevisionArgument = "head",
    database_url: DatabaseUrlOption = None,
    lock_budget: LockBudgetOption = None,
    retry_for: RetryForOption = None,
    wait_for_turn: WaitForTurnOption = None,
    concurrent_limit: ConcurrentLimitOption = None,
    accept_drift: AcceptDriftOption = None,
    fingerprint: FingerprintOption = None,
    log: LogOption = None,
    dry_run: DryRunOption = False,  # noqa: FBT002 - Typer makes a flag of it
    form: FormatOption = Format.TEXT,
) -> int:
    """Apply revisions: one runner at a time, within a lock budget, only where the facts are right.

    The same run as `alembic upgrade`, which takes these flags as -x name=value. What is committed
    stays when a later revision is refused; given again, the command goes on from there.
    """
    settings = read_settings(database_url=database_url)
    options = run_options(
        settings, accept_drift,
        lock_budget=lock_budget, retry_for=retry_for, wait_for_turn=wait_for_turn,
        concurrent_limit=concurrent_limit, fingerprint=fingerprint, log=log,
    )  # fmt: skip
    tell_progress(form)
    if dry_run:
        return _print_plan(settings, named_target(settings), revision, options, form)
    outcome = upgrade(settings.project_root, named_target(settings), revision, options=options)
    emit(form, outcome_document(outcome), lambda: outcome_text(outcome), whole_lines=True)
    return 0


def _print_plan(
    settings: Settings, url: str, revision: str, options: RunOptions, form: Format
) -> int:
    seen: list[Outlook] = []

    def only_look(outlook: Outlook, _connection: Connection) -> bool:
        seen.append(outlook)
        return False

    outcome = upgrade(settings.project_root, url, revision, options=options, consent=only_look)
    if outcome.ending is Ending.NOTHING_TO_DO:
        nothing: dict[str, Any] = {"from": outcome.start, "to": outcome.start, "revisions": []}
        emit(form, nothing, lambda: outcome_text(outcome))
        return 0
    (outlook,) = seen
    emit(
        form,
        outlook_document(outlook),
        lambda: Group(*outlook_lines(outlook, url)),
        whole_lines=True,
    )
    return 0
