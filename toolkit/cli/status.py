"""hephaitos status: where a database is, what it lacks, who is at work, how the last runs went."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Group
from rich.text import Text

from toolkit.cli.options import DatabaseUrlOption, Format, FormatOption, emit
from toolkit.cli.running import way
from toolkit.cli.target import named_target
from toolkit.connect import describe
from toolkit.runner import RunEntry, Status, look_at
from toolkit.settings import read_settings


def run(database_url: DatabaseUrlOption = None, form: FormatOption = Format.TEXT) -> int:
    """Say where a database is, what it lacks, who is at work on it and how the last runs went.

    Only looks, and comes through any pooler. `alembic current` and `alembic history` say parts of
    it in Alembic's words.
    """
    settings = read_settings(database_url=database_url)
    url = named_target(settings)
    status = look_at(settings.project_root, url)
    emit(form, _document(status), lambda: Group(*_lines(status, url)), whole_lines=True)
    return 0


def _lines(status: Status, url: str) -> Iterator[Text]:
    yield Text(f"{describe(url)}: {_place(status)}", "bold")
    for revision, claim in status.pending:
        yield Text(f"  pending  {revision}  {claim}")
    for session in status.at_work:
        yield Text(f"  at work  {session}", "yellow")
    for sentence in status.unfinished:
        yield Text(f"  unfinished  {sentence}", "red")
    for entry in status.runs:
        yield Text(f"  {_run_line(entry)}", "red" if entry.outcome == "failed" else "dim")


def _place(status: Status) -> str:
    if not status.is_known:
        return f"at revision {status.revision}, which this history does not have"
    if status.revision is None:
        return f"no revision was applied, {len(status.pending)} pending"
    if not status.pending:
        return f"at revision {status.revision}, the head"
    return f"at revision {status.revision}, {len(status.pending)} pending"


def _run_line(entry: RunEntry) -> str:
    outcome = "running, or killed" if entry.outcome == "running" else entry.outcome
    passage = way(entry.from_revision, entry.to_revision)
    parts = [
        f"{entry.started_at:%Y-%m-%d %H:%M}  {entry.direction} {passage}: {outcome}",
        f"in {entry.elapsed_s:.1f} s" if entry.elapsed_s is not None else "",
        f"by {entry.person} on {entry.machine}",
        f"others waited {entry.kept_waiting_ms:.0f} ms at most" if entry.kept_waiting_ms else "",
        entry.error or "",
    ]
    return ", ".join(part for part in parts if part)


def _document(status: Status) -> dict[str, Any]:
    return {
        "revision": status.revision,
        "known": status.is_known,
        "head": status.head,
        "pending": [{"revision": name, "claim": claim} for name, claim in status.pending],
        "at_work": [asdict(session) for session in status.at_work],
        "unfinished": list(status.unfinished),
        "runs": [asdict(entry) for entry in status.runs],
    }
