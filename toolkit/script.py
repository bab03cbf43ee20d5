"""SQL scripts as statements: where each begins and ends, as psql sees it.

Pure. It knows quotes, comments, dollar quotes and `begin atomic` bodies, and nothing of what a
statement means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<dollar>\$(?:[^\W\d]\w*)?\$)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# `begin` opens a body only here; elsewhere it begins a transaction.
_WITH_BODY = re.compile(r"create( or replace)? (function|procedure)\b")
_LONGEST_OPENING = 4
# More than a history has files: each is cut to look ahead, and again when it is sent.
_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script.

    Args:
        text: its own text, without the comments before it and without the semicolon.
        line: where it begins, counted from one.
    """

    text: str
    line: int

    @property
    def title(self) -> str:
        """Its first line: enough to know it again."""
        return self.text.partition("\n")[0].strip()


@lru_cache(maxsize=_KEPT)
def split(script: str) -> tuple[Statement, ...]:
    """Cut a script into statements.

    Args:
        script: SQL of any length, in n characters.

    Returns:
        The statements in order; what is only blank or comment between semicolons is none.
        Time O(n) for each statement at worst.
    """
    return tuple(_statements(script))


def _statements(script: str) -> Iterator[Statement]:
    begin: int | None = None
    opening: list[str] = []
    parentheses = blocks = 0
    for kind, start, token in _tokens(script):
        if token == ";" and not parentheses and not blocks:
            if begin is not None:
                yield _statement(script, begin, start)
            begin, opening = None, []
            continue
        if begin is None:
            begin = start
        if kind == "word":
            if len(opening) < _LONGEST_OPENING:
                opening.append(token.lower())
            if not parentheses and _WITH_BODY.match(" ".join(opening)):
                blocks += _step(token.lower(), inside=blocks > 0)
        elif token in "()":
            parentheses = max(0, parentheses + (1 if token == "(" else -1))
    if begin is not None:
        yield _statement(script, begin, len(script))


def _statement(script: str, begin: int, end: int) -> Statement:
    return Statement(script[begin:end].rstrip(), script.count("\n", 0, begin) + 1)


def _step(word: str, *, inside: bool) -> int:
    """Return by how much a word changes the depth of a `begin atomic` body."""
    if word == "begin" or (word == "case" and inside):
        return 1
    return -1 if word == "end" and inside else 0


def _tokens(script: str) -> Iterator[tuple[str, int, str]]:
    """Yield kind, place and text of everything that is neither blank nor comment."""
    place = 0
    while place < len(script):
        match = _TOKEN.match(script, place)
        assert match is not None  # the last alternative takes any character
        kind, start, place = str(match.lastgroup), place, match.end()
        if kind == "blank":
            continue
        if kind == "comment":
            place = _comment_end(script, place)
            continue
        if kind == "dollar":
            closing = script.find(match.group(), place)
            place = len(script) if closing < 0 else closing + len(match.group())
        yield kind, start, script[start:place]


def _comment_end(script: str, place: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(script, place):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(script)
