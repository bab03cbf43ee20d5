"""Freezing: what sql/ says beyond the head of history becomes a revision.

Proven in both directions; nothing is written before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.catalog import Scope, Snapshots
from toolkit.catalog.comparison import Difference, compare
from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.errors import SettingsError, ToolkitError
from toolkit.freeze.change import Change
from toolkit.freeze.composing import script_of
from toolkit.freeze.copies import copies_at
from toolkit.freeze.drafting import Draft, Way, draft
from toolkit.freeze.header import docstring, header, slug
from toolkit.freeze.revision import History
from toolkit.plan import Strategy
from toolkit.prove import Fill, Passage, Proof, prove
from toolkit.server import Progress, Server, silent
from toolkit.settings import Settings
from toolkit.shadow import Shadow, cast_shadow, declare
from toolkit.sources.files import read_sources
from toolkit.witness.dump import dump_schema


class NothingToFreeze(ToolkitError):
    """sql/ says what the head of history says."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was written.

    Args:
        revision: its number.
        paths: the files, snapshot included.
        proof: what was seen before they were written.
        snapshot_missing: why there is no snapshot; empty when there is.
    """

    revision: str
    paths: tuple[Path, ...]
    proof: Proof
    snapshot_missing: str = ""


@dataclass(frozen=True, slots=True)
class _Scripts:
    """Both ways as text, with what the revision's docstring says about them."""

    up: str
    down: str
    docstring: str


def find_pending(server: Server, settings: Settings) -> tuple[Difference, ...]:
    """Return what sql/ says and the head of history does not; empty when they are equal.

    Raises:
        HistoryTampered: a frozen file was edited.
        SourcesRefused: a file of sql/ cannot be loaded.
    """
    History.of(settings.project_root)
    declared = declare(server, settings)
    return compare(declared.after, declared.before)


def find_other_words(settings: Settings) -> tuple[str, ...]:
    """Return the files of sql/ that are worded otherwise than their newest frozen copy.

    With nothing else pending that is a comment: it changes no database, and is frozen with the next
    revision that has its file.
    """
    root = settings.project_root
    texts = {file.path: file.text.strip() for file in read_sources(root / "sql", root).files}
    copies = copies_at(History.of(root).scripts, texts)
    return tuple(sorted(path for path, copy in copies.items() if texts.get(path, copy) != copy))


def freeze(
    server: Server,
    settings: Settings,
    message: str,
    *,
    change: Change | None = None,
    fill: Fill | None = None,
    pg_dump: Path | None = None,
    progress: Progress = silent,
) -> Frozen:
    """Write the next revision.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        message: what the revision does, in one line.
        change: hand-written statements that the revision needs as well.
        fill: loads rows into a clone, for the proof; none when None.
        pg_dump: the witness of the proof; not asked when None.
        progress: told each step.

    Raises:
        NothingToFreeze: sql/ is what the head of history is.
        NotProven: the scripts do not lead there and back.
        ToolkitError: a file cannot be loaded, or no script can be written; nothing was.
    """
    name, scope = slug(message), Scope.of(settings)
    history = History.of(settings.project_root)
    progress("loading sql/ over the head of history")
    with cast_shadow(server, settings, change=change.up if change else "") as shadow:
        declared = shadow.declared
        if declared.before.objects == declared.after.objects:
            raise _nothing(history)
        progress("writing both ways")
        ways = _ways(shadow, history, change, strategies(settings))
        drafts = _drafts(server, shadow, ways, scope)
        passage = Passage(
            script_of(*(block.render() for block in drafts[0].blocks)),
            script_of(*(block.render() for block in drafts[1].blocks)),
            declared.before,
            declared.after,
            None if pg_dump is None else dump_schema(pg_dump, shadow.database.admin_url),
            declared.lost,
        )
    proof = prove(
        server, shadow.template, passage, scope, fill=fill, pg_dump=pg_dump, progress=progress
    )
    scripts = _scripts(message, drafts, passage, proof)
    paths = history.write(name, scripts.docstring, scripts.up, scripts.down)
    snapshots, missing = Snapshots.of(settings.project_root), ""
    if history.head is None or server.major in snapshots.majors(history.head):
        snapshot = snapshots.write(history.number, history.head, proof.after)
        paths = (*paths, snapshot)
    else:
        missing = f"revision {history.head} has none for PostgreSQL {server.major}"
    return Frozen(history.number, paths, proof, missing)


def strategies(settings: Settings) -> Mapping[str, Strategy]:
    """Read [[tool.hephaitos.views]]: how a materialized view gets another definition.

    Raises:
        SettingsError: an entry is incomplete, or names no strategy.
    """
    found: dict[str, Strategy] = {}
    for entry in settings.tenant.get("views", ()):
        if set(entry) - {"reason"} != {"view", "strategy"} or entry["strategy"] not in set(
            Strategy
        ):
            raise SettingsError(
                "an entry of [[tool.hephaitos.views]] cannot be read",
                detail=f"the entry is {dict(entry)!r}",
                hint=f"Give it a view, and a strategy: {' or '.join(Strategy)}.",
            )
        found[entry["view"]] = Strategy(entry["strategy"])
    return found


def _ways(
    shadow: Shadow, history: History, change: Change | None, chosen: Mapping[str, Strategy]
) -> tuple[Way, Way]:
    declared = shadow.declared
    texts = {file.path: file.text.strip() for file in shadow.sources.files}
    copies = copies_at(history.scripts, texts)
    edited = frozenset(path for path, copy in copies.items() if texts.get(path, copy) != copy)
    gone = frozenset(copies.keys() - texts.keys())
    up, down = (change.up, change.down) if change else ("", "")
    there = Way(declared.before, declared.after, texts, edited, gone, up, chosen)
    back = Way(declared.after, declared.before, copies, edited | gone, frozenset(), down, chosen)
    return there, back


def _drafts(
    server: Server, shadow: Shadow, ways: tuple[Way, Way], scope: Scope
) -> tuple[Draft, Draft]:
    with (
        clone(server, shadow.template) as database,
        connect(database.url) as connection,
    ):
        there = draft(connection, ways[0], scope, "the way there")
        back = draft(connection, ways[1], scope, "the way back")
    return there, back


def _scripts(message: str, drafts: tuple[Draft, Draft], passage: Passage, proof: Proof) -> _Scripts:
    there, back = drafts
    before, after = passage.before, passage.after
    up = header(before, after, proof.up, there.hazards, ())
    down = header(after, before, proof.down, back.hazards, proof.forgotten)
    return _Scripts(
        script_of(up, *(block.render() for block in there.blocks)),
        script_of(down, *(block.render() for block in back.blocks)),
        docstring(message, proof, before, after),
    )


def _nothing(history: History) -> NothingToFreeze:
    return NothingToFreeze(
        "there is nothing to freeze",
        detail=f"sql/ declares what revision {history.head or 'base'} makes",
        hint="Edit a file of sql/ first; a comment before its statements is not a change.",
    )
