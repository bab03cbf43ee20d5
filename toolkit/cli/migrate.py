"""hephaitos migrate: apply revisions to a database in use, as plain `alembic upgrade` does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group

from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, KindOption, emit
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
from toolkit.runner import Outlook, RunOptions, upgrade
from toolkit.settings import Settings, read_settings

if TYPE_CHECKING:  # as in toolkit.cli.running
    from toolkit.trace import RevisionTrace

RevisionArgument = Annotated[
    str, typer.Argument(metavar="[REV]", help="An id, head, or a number of revisions like +2.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print revisions and statements; change nothing.")
]
TraceOption = Annotated[
    bool,
    typer.Option(
        "--trace",
        help="With --dry-run: try the revisions on a scratch server with data first, and say how "
        "long each statement took there.",
    ),
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
    trace: TraceOption = False,  # noqa: FBT002 - as above
    kind: KindOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Apply revisions: one runner at a time, within a lock budget, only where the facts are right.

    The same run as `alembic upgrade`, which takes these flags as -x name=value. What is committed
    stays when a later revision is refused; given again, the command goes on from there.
    """
    settings = read_settings(database_url=database_url, server_kind=kind)
    options = run_options(
        settings, accept_drift,
        lock_budget=lock_budget, retry_for=retry_for, wait_for_turn=wait_for_turn,
        concurrent_limit=concurrent_limit, fingerprint=fingerprint, log=log,
    )  # fmt: skip
    tell_progress(form)
    if dry_run:
        outlook = _look_ahead(settings, named_target(settings), revision, options)
        traces = _traced(settings, outlook) if trace else ()
        _print_outlook(outlook, traces, named_target(settings), form)
        return 0
    outcome = upgrade(settings.project_root, named_target(settings), revision, options=options)
    emit(form, outcome_document(outcome), lambda: outcome_text(outcome), whole_lines=True)
    return 0


def _look_ahead(settings: Settings, url: str, revision: str, options: RunOptions) -> Outlook:
    seen: list[Outlook] = []

    def only_look(outlook: Outlook, _connection: Connection) -> bool:
        seen.append(outlook)
        return False

    outcome = upgrade(settings.project_root, url, revision, options=options, consent=only_look)
    return seen[0] if seen else Outlook(outcome.start, outcome.start, is_upgrade=True, coming=())


def _traced(settings: Settings, outlook: Outlook) -> Sequence["RevisionTrace"]:
    # Imported only here: it needs a scratch server and all that starts one, a run does not.
    from toolkit.cli.rehearsing import rehearse_revisions

    return rehearse_revisions(settings, outlook)


def _print_outlook(
    outlook: Outlook, traces: Sequence["RevisionTrace"], url: str, form: Format
) -> None:
    emit(
        form,
        outlook_document(outlook, traces),
        lambda: Group(*outlook_lines(outlook, url, traces)),
        whole_lines=True,
    )
