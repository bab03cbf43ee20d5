"""Reprints: definitions that PostgreSQL prints in two ways, though they say the same.

Pure. `a between 1 and 2 and b` is printed as `((a >= 1) AND (a <= 2)) AND b`; who sends that back
gets it printed with one pair of brackets less, because the parser joins an AND to one before it.
"""

from toolkit.catalog.facts import Value
from toolkit.plan.signature import bare

# Attributes that the server prints from what it parsed; all others are somebody's own words.
_PRINTED = frozenset(
    {"definition", "using", "with_check", "default", "generated", "row_filter", "arguments"}
)
_CONNECTORS = (" AND ", " OR ")


def is_same(attribute: str, one: Value | None, other: Value | None) -> bool:
    """Tell whether two values of an attribute are equal, but for brackets that a parser drops."""
    if one == other:
        return True
    if attribute not in _PRINTED or not isinstance(one, str) or not isinstance(other, str):
        return False
    return _joined(one) == _joined(other)


def _joined(text: str) -> str:
    """Take off the brackets of each chain that begins a longer chain of its kind. O(depth * n)."""
    dropped = _dropped(text)
    while dropped:
        text = "".join(character for at, character in enumerate(text) if at not in dropped)
        dropped = _dropped(text)
    return text


def _dropped(text: str) -> set[int]:
    """Return the places of brackets to take off, none of them inside another such pair."""
    opened: list[int] = []
    connectors: list[set[str]] = [set()]
    found: set[int] = set()
    for at, _ in bare(text):
        if text[at] == "(":
            opened.append(at)
            connectors.append(set())
        elif text[at] == ")" and opened:
            begin, inside = opened.pop(), connectors.pop()
            follows = next((word for word in _CONNECTORS if text.startswith(word, at + 1)), None)
            if follows is not None and inside == {follows} and text[begin - 1 : begin] == "(":
                found |= {begin, at}
        elif text[at] == " ":
            connectors[-1].update(word for word in _CONNECTORS if text.startswith(word, at))
    return found
