"""Stubs: routines without their bodies, so that two whose bodies need each other can be made.

Pure. A body that PostgreSQL parses at once (`begin atomic`, `return`) is cut off; checked bodies
are off while files are loaded, so an empty one does instead. What is made over a stub, or over what
was there before, has to say `or replace`.
"""

import re

from toolkit.script import split

_HEAD = re.compile(r"\s*create\s+(or\s+replace\s+)?(function|procedure)\b", re.IGNORECASE)
_BODY = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|[()]|\b(begin\s+atomic|return)\b""", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\blanguage\b", re.IGNORECASE)


_PLAIN = re.compile(
    r"(\s*create)(\s+(?:function|procedure|aggregate|view|recursive\s+view|trigger)\b)",
    re.IGNORECASE,
)


def stub(statement: str) -> str | None:
    """Return the statement that makes a routine with an empty body.

    Args:
        statement: any statement, without its semicolon.

    Returns:
        None when it makes no routine whose body PostgreSQL parses.
    """
    if _HEAD.match(statement) is None:
        return None
    depth = 0
    for found in _BODY.finditer(statement):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if found.group(1) and depth == 0:
            head = or_replace(statement[: found.start()])
            language = "" if _LANGUAGE.search(head) else " language sql"
            return f"{head.rstrip()}{language} as ''"
    return None


def or_replace(script: str) -> str:
    """Return a script whose routines, views and triggers replace what is there. O(characters).

    >>> or_replace("create view a as select 1; create or replace view b as select 2;")
    'create or replace view a as select 1; create or replace view b as select 2;'
    """
    pieces, place = [], 0
    for statement in split(script):
        begin = script.index(statement.text, place)
        pieces.append(script[place:begin])
        found = _PLAIN.match(statement.text)
        head = "" if found is None else f"{found[1]} or replace{found[2]}"
        pieces.append(head + statement.text[0 if found is None else found.end() :])
        place = begin + len(statement.text)
    return "".join([*pieces, script[place:]])
