"""hephaitos check: exit 0 when sql/ is the head of history, 2 when it is not."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from toolkit.catalog.comparison import Change, Difference, shown
from toolkit.cli.options import Format, FormatOption, KindOption, emit
from toolkit.cli.progress import narrate
from toolkit.errors import FINDINGS
from toolkit.freeze.freezing import find_other_words, find_pending
from toolkit.prepare.scratch import scratch
from toolkit.settings import read_settings

_WORDS = {Change.MISSING: "is not in history", Change.EXTRA: "has no file in sql/"}


def run(kind: KindOption = None, form: FormatOption = Format.TEXT) -> int:
    """Compare sql/ with what the whole history makes.

    Loads every file into a scratch database, so it also finds the file that cannot be loaded, the
    body that would fail when it is called, and two files for one object. Exits with 2 when
    something is not frozen yet, with 3 when a frozen file was edited.
    """
    settings = read_settings(server_kind=kind)
    with narrate() as narrator, scratch(settings, narrator.step) as server:
        narrator.step("loading sql/ over the head of history")
        pending = find_pending(server, settings)
    words = () if pending else find_other_words(settings)
    emit(form, [_entry(one) for one in pending], lambda: render(pending, words), whole_lines=True)
    return FINDINGS if pending else 0


def render(pending: tuple[Difference, ...], words: tuple[str, ...] = ()) -> RenderableType:
    """Lay differences out for a terminal, a line each, and files with other comments."""
    if not pending:
        other = (Text(f"{path}: only its comments changed, freeze leaves them") for path in words)
        return Group(*other, Text("sql/ is the head of history"))
    lines = [Text(_line(one)) for one in pending]
    count = len(pending)
    what = f"{count} difference{'' if count == 1 else 's'}"
    return Group(*lines, Text(f"{what} not frozen yet: hephaitos freeze -m '...'"))


def _line(one: Difference) -> str:
    if one.change is not Change.CHANGED:
        return f"{one.identity} {_WORDS[one.change]}"
    wanted, present = shown(one)
    return f"{one.identity}: {one.attribute}: sql/ says {wanted}, history {present}"


def _entry(one: Difference) -> dict[str, Any]:
    return {
        "object": str(one.identity),
        "change": str(one.change),
        "attribute": one.attribute,
        "sql": one.expected,
        "history": one.found,
    }
