"""Flags of the commands that run revisions, and how such a run is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from toolkit.cli.options import Format
from toolkit.connect import describe
from toolkit.runner import Ending, Outcome, Outlook, RunOptions, read_options, speak_on_stderr
from toolkit.runner.outlook import BASE
from toolkit.settings import Settings

if TYPE_CHECKING:  # a run traces nothing, and need not wait for what does
    from toolkit.trace import RevisionTrace


def _duration(flag: str, words: str) -> Any:
    return typer.Option(flag, metavar="DURATION", help=words, show_default=False)


LockBudgetOption = Annotated[
    str | None,
    _duration(
        "--lock-budget",
        "How long the application may be kept waiting by one transaction, like 500ms or 2s. "
        "Default: pyproject.toml's, else 2s.",
    ),
]
RetryForOption = Annotated[
    str | None,
    _duration(
        "--retry-for",
        "How long in all to try a transaction again that met a lock. Default: 60s.",
    ),
]
WaitForTurnOption = Annotated[
    str | None,
    _duration("--wait-for-turn", "How long to wait for another runner. Default: 5min."),
]
ConcurrentLimitOption = Annotated[
    str | None,
    _duration(
        "--concurrent-limit", "How long one statement outside a transaction may take. "
        "Default: 30min.",
    ),
]  # fmt: skip
AcceptDriftOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-drift",
        metavar="OBJECT",
        help="An object that may differ from its revision, as the refusal names it: "
        "'table public.orders'. Once for each object.",
        show_default=False,
    ),
]
FingerprintOption = Annotated[
    bool | None,
    typer.Option(
        "--fingerprint/--no-fingerprint",
        help="Compare the facts with the revision's, before the run and before each commit, and "
        "look whether a function loses what it uses. Default: yes.",
        show_default=False,
    ),
]
LogOption = Annotated[
    bool | None,
    typer.Option(
        "--log/--no-log", help="Keep the run log in schema hephaitos. Default: yes.",
        show_default=False,
    ),
]  # fmt: skip


def run_options(
    settings: Settings, accept_drift: list[str] | None, **given: str | bool | None
) -> RunOptions:
    """Settle the options of a run from a command's flags.

    Args:
        settings: the project, for what it declares.
        accept_drift: the objects of that flag.
        given: every other flag by its option's name; None when not given.
    """
    assert given.keys() <= {field.name for field in fields(RunOptions)}
    switches = {True: "on", False: "off"}
    entries = [
        f"{name}={switches[value] if isinstance(value, bool) else value}"
        for name, value in given.items()
        if value is not None
    ]
    entries += [f"accept_drift={name}" for name in accept_drift or ()]
    return read_options(settings.tenant.get("runner", {}), entries)


def tell_progress(form: Format) -> None:
    """Show on stderr what the run says: lines for people, JSON lines for machines."""
    speak_on_stderr(as_json=form is Format.JSON, alembic=False)


def way(start: str | None, end: str | None) -> str:
    """Write from where to where, for a person."""
    return f"{start or BASE} → {end or BASE}"


def outlook_lines(
    outlook: Outlook, url: str, traces: Sequence["RevisionTrace"] = ()
) -> Iterable[Text]:
    """Lay out what a run will do: a line a revision, its statements below it.

    Args:
        outlook: the run.
        url: of the target.
        traces: what the same revisions did on a clone; none when nobody tried.
    """
    count = len(outlook.coming)
    yield Text(
        f"{describe(url)}: {way(outlook.start, outlook.target)}, "
        f"{count} revision{'' if count == 1 else 's'}"
    )
    traced = {trace.revision: trace for trace in traces}
    for step in outlook.coming:
        trace = traced.get(step.revision)
        total = f"  ({trace.elapsed_ms:,.1f} ms)" if trace else ""
        yield Text(f"{step.revision}  {step.claim}{total}", "bold")
        if step.locks:
            yield Text(f"      Locks: {step.locks}", "dim")
        times = _times(trace)
        for statement in step.statements:
            time = f"{times[statement.line]:9,.1f} ms  " if statement.line in times else ""
            yield Text(f"      {time}{step.file}:{statement.line}  {statement.title}")


def outlook_document(outlook: Outlook, traces: Sequence["RevisionTrace"] = ()) -> dict[str, Any]:
    """Return what a run will do as plain values."""
    times = {trace.revision: _times(trace) for trace in traces}
    return {
        "from": outlook.start,
        "to": outlook.target,
        "revisions": [
            {
                "revision": step.revision,
                "claim": step.claim,
                "locks": step.locks,
                "reverse": step.reverse,
                "outside_transaction": step.alone,
                "statements": [
                    {
                        "file": step.file,
                        "line": statement.line,
                        "text": statement.text,
                        "elapsed_ms": times.get(step.revision, {}).get(statement.line),
                    }
                    for statement in step.statements
                ],
            }
            for step in outlook.coming
        ],
    }


def _times(trace: "RevisionTrace | None") -> dict[int, float]:
    """Return how long each statement took, by its line."""
    if trace is None:
        return {}
    return {statement.line: statement.elapsed_ms for statement in trace.statements}


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return what a run did as plain values."""
    return {
        "outcome": str(outcome.ending),
        "from": outcome.start,
        "revision": outcome.reached,
        "steps": [asdict(step) for step in outcome.steps],
    }


def outcome_text(outcome: Outcome) -> RenderableType:
    """Say in a line how a run ended and where the database is."""
    where = outcome.reached or BASE
    if outcome.ending is not Ending.DONE:
        return Text(f"{outcome.ending}: the database is at {where}")
    count = len(outcome.steps)
    waits = max((step.kept_waiting_ms for step in outcome.steps), default=0.0)
    elapsed_s = sum(step.elapsed_ms for step in outcome.steps) / 1000
    return Text(
        f"{way(outcome.start, where)}: {count} revision{'' if count == 1 else 's'} "
        f"in {elapsed_s:.1f} s; nobody waited longer than {waits:.0f} ms"
    )
