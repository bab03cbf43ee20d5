"""hephaitos freeze: what sql/ says beyond history becomes a revision, proven in both directions."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from toolkit.cli.options import Format, FormatOption, KindOption, emit
from toolkit.cli.progress import narrate
from toolkit.freeze.change import read_change
from toolkit.freeze.freezing import Frozen, freeze
from toolkit.freeze.rows import find_rows
from toolkit.prepare.scratch import scratch
from toolkit.settings import Settings, read_settings
from toolkit.witness import find_pg_dump

MessageOption = Annotated[
    str, typer.Option("--message", "-m", help="What the revision does: a verb and an object.")
]
WithOption = Annotated[
    Path | None,
    typer.Option(
        "--with",
        metavar="FILE",
        help="Statements that only a person can write, for tables and types: the way there, a line "
        "`-- reverse:`, the way back.",
        show_default=False,
    ),
]


def run(
    message: MessageOption,
    change: WithOption = None,
    kind: KindOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Write the next revision: both ways, proven on clones with rows in them.

    Loads sql/ over the head of history, plans what differs, and writes it in the words of the files
    of sql/. What does not lead there and back is not written, and the message shows the difference.
    """
    settings = read_settings(server_kind=kind)
    with narrate() as narrator, scratch(settings, narrator.step) as server:
        frozen = freeze(
            server,
            settings,
            message,
            change=read_change(change) if change is not None else None,
            fill=find_rows(server, settings),
            pg_dump=find_pg_dump(server.major, settings.pg_bin),
            progress=narrator.step,
        )
    emit(form, document(frozen, settings), lambda: render(frozen, settings))
    return 0


def render(frozen: Frozen, settings: Settings) -> RenderableType:
    """Lay out what was written for a terminal."""
    proof = frozen.proof
    lines = [Text(f"revision {frozen.revision}, proven up, down and up again", "bold")]
    lines += [Text(f"    {path}") for path in _names(frozen, settings)]
    rows = f"{proof.rows:,} rows in {proof.tables} tables stayed" if proof.rows else "no rows in it"
    lines.append(Text(f"{rows}; pg_dump says the same"))
    if proof.forgotten:
        lost = ", ".join(proof.forgotten)
        lines.append(Text(f"the way back does not bring back: {lost}", "yellow"))
    if frozen.snapshot_missing:
        lines.append(Text(f"no snapshot: {frozen.snapshot_missing}", "yellow"))
    else:
        lines.append(Text("next: make generate/snapshots for the other versions, then a review"))
    return Group(*lines)


def document(frozen: Frozen, settings: Settings) -> dict[str, Any]:
    """Return what was written as plain values."""
    return {
        "revision": frozen.revision,
        "files": list(_names(frozen, settings)),
        "tables": frozen.proof.tables,
        "rows": frozen.proof.rows,
        "forgotten": list(frozen.proof.forgotten),
        "snapshot_missing": frozen.snapshot_missing,
    }


def _names(frozen: Frozen, settings: Settings) -> tuple[str, ...]:
    return tuple(str(path.relative_to(settings.project_root)) for path in frozen.paths)
