"""Frozen copies: which file of sql/ stands in which frozen script, word for word.

Pure but for `copies_at`, which reads them. A frozen script is a sequence of blocks, each with a
line that says where it comes from, so that the way back finds the text that the way there replaces.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from toolkit.catalog import ROUTINES, Facts, Identity, Kind

_VIEWS = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW})
_QUOTE = "--| "


class Origin(StrEnum):
    """Where the text of a block comes from."""

    # A file of sql/, word for word.
    FILE = "file"
    # The statements are planned; the file that they bring about is quoted before them.
    QUOTED = "quoted"
    PLAN = "plan"
    # Written by hand for this revision.
    CHANGE = "change"
    # The file is no more: its copies further down are nobody's any longer.
    GONE = "gone"


_MARK = re.compile(rf"^-- ({'|'.join(Origin)}):(?: (\S+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a frozen script.

    Args:
        origin: where its text comes from.
        path: the file of sql/; empty when it is about none.
        text: its statements and comments.
        quoted: where statements are planned, the text of the file.
    """

    origin: Origin
    path: str
    text: str
    quoted: str = ""

    def render(self) -> str:
        """Return the block as it stands in a script."""
        head = f"-- {self.origin}:{f' {self.path}' if self.path else ''}\n"
        quoted = "".join(f"{_QUOTE}{line}".rstrip() + "\n" for line in self.quoted.splitlines())
        text = f"{self.text.strip()}\n" if self.text.strip() else ""
        return head + quoted + text


def blocks_of(script: str) -> Iterator[Block]:
    """Yield the blocks of a frozen script. What stands before the first one is its header."""
    marks = list(_MARK.finditer(script))
    ends = [*(mark.start() for mark in marks[1:]), len(script)][: len(marks)]
    for mark, end in zip(marks, ends, strict=True):
        body = script[mark.end() + 1 : end]
        lines = body.splitlines()
        mine = [line for line in lines if not _is_quoted(line)]
        theirs = [line.removeprefix(_QUOTE.rstrip()).removeprefix(" ") for line in lines
                  if _is_quoted(line)]  # fmt: skip
        yield Block(
            Origin(mark[1]), mark[2] or "", "\n".join(mine).strip(), "\n".join(theirs).strip()
        )


def copies_at(scripts: Iterable[Path], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the newest frozen copy of each file.

    Args:
        scripts: the .up.sql files of history, first to last.
        texts: the files as they are now, by path, to know them again in a script written by hand.

    Returns:
        By path, without the blank lines around it. A file whose newest copy cannot be told from the
        rest of a script is not among them.
    """
    found: dict[str, str] = {}
    for script in scripts:
        content = script.read_text(encoding="utf-8")
        blocks = list(blocks_of(content))
        for block in blocks:
            if block.origin in (Origin.FILE, Origin.QUOTED) and block.path:
                found[block.path] = block.quoted or block.text
            elif block.origin is Origin.GONE:
                found.pop(block.path, None)
        if blocks:
            continue
        for path, text in texts.items():
            if text.strip() in content:
                found[path] = text.strip()
            elif beginning(text) in content:
                found.pop(path, None)
    return found


def beginning(text: str) -> str:
    """Return what tells a file's statements from those of others: their first two lines.

    >>> beginning("-- about it" + chr(10) + "revoke all on a" + chr(10) + "from b;").splitlines()
    ['revoke all on a', 'from b;']
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("--")]
    first, second = lines[0], lines[:2][-1]
    start = text.index(first)
    return text[start : text.index(second, start) + len(second)]


def path_of(identity: Identity, *sides: Facts) -> str:
    """Return the file of sql/ whose business an object is; empty when that is none's.

    Args:
        identity: the object.
        sides: where it may be found, to learn what it is part of.
    """
    fact = next((fact for side in sides if (fact := side.get(identity)) is not None), None)
    parent = None if fact is None else fact.parent
    if parent is not None and (parent.kind in _VIEWS or parent.kind is identity.kind):
        # An index of a view stands in the view's file, a copied trigger in that of the original.
        return path_of(parent, *sides)
    parts = _parts(identity)
    return "" if not parts else f"sql/{'/'.join(parts)}.sql"


def _parts(identity: Identity) -> tuple[str, ...]:
    kind, schema, name, part = identity
    if kind in ROUTINES:
        return "functions", schema, name
    if kind in _VIEWS:
        return "views", schema, name
    match kind:
        case Kind.TRIGGER | Kind.RULE:
            return "triggers", schema, f"{name}.{part}"
        case Kind.TABLE | Kind.POLICY | Kind.COLUMN:
            return "access", schema, name
        case Kind.SCHEMA:
            return "access", name
        case Kind.DEFAULT_PRIVILEGES if schema:
            return "access", schema
        case Kind.PUBLICATION | Kind.PUBLICATION_MEMBER:
            return "publications", name
        case Kind.CRON_JOB if "." in name:
            return "cron", *name.split(".", 1)
    return ()


def _is_quoted(line: str) -> bool:
    return line.startswith(_QUOTE.rstrip())
