"""Reprints: one form for what PostgreSQL prints in two ways, though it says the same.

Pure. The server prints what it parsed, and who sends that back may get it printed anew: a restored
dump holds the same objects in other words. Three shapes do so, and each gets one form here:

- `((a AND b) AND c)` becomes `(a AND b AND c)`: BETWEEN makes the one, reading it back the other;
- `(ARRAY[a, b])::t[]` becomes `ARRAY[(a)::t, (b)::t]`: IN makes the one of a `varchar`;
- `'x'::text AS text` becomes `'x'::text`: read back, a column without a name is called by its type.

What comes out is SQL that means the same. In doubt a text stays as it is: what differs never looks
equal, and an array of nothing but columns (see `_holds_scalars`) may differ where it says the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    [BEX]?'(?:[^']|'')*'  # the server doubles what it escapes
    | "(?:[^"]|"")*"
    | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$  # somebody's own words
    | ::
    | \d[\w.]*
    | \w[\w$]*
    | \s+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]"}
_QUOTES = frozenset("'\"")
_CONNECTORS = ("AND", "OR")
# What else an AND can stand beside; a chain of operands has one kind of these words.
_JOINING = frozenset({*_CONNECTORS, "BETWEEN", "SELECT", ",", ";"})
_OF_TYPES = re.compile(r'[^\W\dA-Z][\w$]*|"(?:[^"]|"")*"|\.| ')
_NUMBER = re.compile(r"\d[\w.]*")
# Names that the grammar has for types; what it calls them is what a column without a name gets.
_CALLED = {
    "bigint": "int8",
    "bit varying": "varbit",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "varchar",
    "double precision": "float8",
    "integer": "int4",
    "real": "float4",
    "smallint": "int2",
}
_TIME = re.compile(r"(time(?:stamp)?) (with|without) time zone")
_LIST_BEGINS = frozenset({"SELECT", "RETURNING"})
_LIST_ENDS = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "ORDER", ";"})
_BEFORE_COLUMN = frozenset({*_LIST_BEGINS, "DISTINCT"})
# Only in texts that may have the third shape; most have none of the three.
_NAMED_CAST = re.compile(r"(?:'|NULL)::[^,()]+(?:\([\d,]+\)[^,()]*)? AS ")


@dataclass(slots=True, eq=False)
class _Group:
    """A bracket and what is in it; the whole text is one without a bracket."""

    opening: str
    parts: "_Parts"


_Part = str | _Group
_Parts = list[_Part]


def reprinted(text: str) -> str:
    """Return a printed definition in the one form that all its printings have.

    Args:
        text: an expression or a statement, as the server printed it.

    Returns:
        SQL that means the same. Time O(characters), next to none for most texts, which have none
        of the shapes.
    """
    if not _may_change(text) or (whole := _settled(text)) is None:
        return text
    return "".join(_tokens(whole))


def _may_change(text: str) -> bool:
    return (
        text.count(" AND") > 1
        or text.count(" OR") > 1
        or ("(ARRAY[" in text and "])::" in text)
        or (" AS " in text and _NAMED_CAST.search(text) is not None)
    )


def _settled(text: str) -> _Group | None:
    """Read a text, from the inside out; None when its brackets or quotes do not add up."""
    opened = [_Group("", [])]
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in _CLOSING:
            opened.append(_Group(token, []))
        elif token in ")]":
            group = opened.pop()
            if not opened or _CLOSING.get(group.opening) != token:
                return None
            _settle(group)
            opened[-1].parts.append(group)
        elif token in _QUOTES:
            return None
        else:
            opened[-1].parts.append(token)
    _settle(opened[0])
    return opened[0] if len(opened) == 1 else None


def _settle(group: _Group) -> None:
    """Give a group its form, when the groups in it have theirs."""
    _cast_elements(group.parts)
    _drop_names(group.parts)
    _join_chain(group)


def _tokens(group: _Group) -> Iterator[str]:
    """Yield what a group is written with; depth costs no recursion."""
    waiting: _Parts = [group]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        else:
            yield part.opening
            waiting += [_CLOSING.get(part.opening, ""), *reversed(part.parts)]


def _join_chain(group: _Group) -> None:
    """Take the brackets off a chain that begins a longer chain of its kind."""
    if group.opening != "(" or not group.parts:
        return
    first = group.parts[0]
    if not isinstance(first, _Group) or group.parts[1:2] != [" "]:
        return
    connector = _connector(group)
    if connector is not None and group.parts[2] == connector == _connector(first):
        group.parts[:1] = first.parts


def _connector(group: _Group) -> str | None:
    """Return what joins the operands of a chain, None when a group is no chain."""
    words = {part for part in group.parts if isinstance(part, str)} & _JOINING
    (connector,) = words if len(words) == 1 else ("",)
    return connector if group.opening == "(" and connector in _CONNECTORS else None


def _cast_elements(parts: _Parts) -> None:
    """Turn the cast of an array that is spelt out into casts of its elements."""
    for at in range(len(parts) - 2, -1, -1):
        array, end = _bare_array(parts[at]), _type_end(parts, at + 1)
        if array is None or not _is_array_type(parts[:end]) or not _holds_scalars(array):
            continue
        if at and _is_word(parts[at - 1]):
            continue  # a function's arguments
        _cast_each(array, parts[at + 1 : end - 1])
        parts[at:end] = ["ARRAY", array]


def _bare_array(part: _Part) -> _Group | None:
    """Return the elements of `(ARRAY[...])`."""
    match part:
        case _Group("(", ["ARRAY", _Group("[") as array]):
            return array
    return None


def _is_word(part: _Part) -> bool:
    return isinstance(part, str) and (part[-1:] == '"' or part[-1:].isalnum() or part[-1:] in "_$")


def _cast_each(array: _Group, cast: _Parts) -> None:
    elements: _Parts = []
    for element in _elements(array):
        if elements:
            elements += [",", " "]
        match element:
            case ["ARRAY", _Group("[") as inner]:
                _cast_each(inner, cast)
                elements += element
            case _:
                elements += [_Group("(", element), *cast]
    array.parts = elements


def _holds_scalars(array: _Group) -> bool:
    """Tell whether it is certain how many dimensions an array has: its elements are cast, not it.

    They have one type, so that one that is certain is enough. Of columns and of what functions
    return the text does not say whether they are arrays.
    """
    elements = list(_elements(array))
    nested = [inner for inner in map(_nested_array, elements) if inner is not None]
    if nested:
        return len(nested) == len(elements) and all(map(_holds_scalars, nested))
    return any(map(_is_scalar, elements))


def _nested_array(element: _Parts) -> _Group | None:
    match element:
        case ["ARRAY", _Group("[") as inner]:
            return inner
    return None


def _is_scalar(element: _Parts) -> bool:
    match element:
        case [str(word)]:
            return word in ("true", "false") or _NUMBER.fullmatch(word) is not None
    is_cast = len(element) > 1 and _type_end(element, 1) == len(element)
    return is_cast and not _is_array_type(element)


def _elements(array: _Group) -> Iterator[_Parts]:
    element: _Parts = []
    for part in array.parts:
        if part == ",":
            yield element
            element = []
        elif element or part != " ":
            element.append(part)
    if element:
        yield element


def _drop_names(parts: _Parts) -> None:
    """Take off names of columns that the server gives to a column without one."""
    is_list, begins, at = False, False, 0
    while at < len(parts):
        part = parts[at]
        if begins and _is_nameless(part):
            end = _type_end(parts, at + 1)
            called = _called(parts[at + 2 : end])
            if parts[end : end + 3] == [" ", "AS", " "] and _name(parts[end + 3]) == called:
                del parts[end : end + 4]
        if part in _LIST_BEGINS or part in _LIST_ENDS:
            is_list = part in _LIST_BEGINS
        if not _is_space(part):
            begins = is_list and (part == "," or part in _BEFORE_COLUMN)
        at += 1


def _is_nameless(part: _Part) -> bool:
    """Tell whether a column that casts this has no name but the type's."""
    return isinstance(part, str) and (part[-1:] == "'" or part == "NULL")


def _is_space(part: _Part) -> bool:
    return isinstance(part, str) and part.isspace()


def _name(part: _Part) -> str:
    """Return an identifier without its quotes."""
    text = part if isinstance(part, str) else ""
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _called(type_: _Parts) -> str:
    """Return what PostgreSQL calls a column that is nothing but a cast to a type."""
    words = [part for part in type_ if isinstance(part, str)]
    text = " ".join("".join(words).split())
    if (time := _TIME.fullmatch(text)) is not None:
        return time[1] + ("tz" if time[2] == "with" else "")
    if words[:2] == ["interval", " "]:
        return "interval"
    return _CALLED.get(text) or _name(words[-1] if words else "")


def _is_array_type(parts: _Parts) -> bool:
    """Tell whether a cast that ends here is one to an array."""
    match parts:
        case [*_, _Group("[", [])]:
            return True
    return False


def _type_end(parts: _Parts, at: int) -> int:
    """Return where `::type` ends that begins at a place; the place itself where there is none."""
    if parts[at : at + 1] != ["::"]:
        return at
    end = at + 1
    while end < len(parts):
        match parts[end]:
            case _Group("[", inside):
                return end if inside else end + 1
            case _Group(_, inside) if not all(map(_is_of_modifier, inside)):
                break
            case str(word) if _OF_TYPES.fullmatch(word) is None:
                break
        end += 1
    return end - 1 if parts[end - 1] == " " else end


def _is_of_modifier(part: _Part) -> bool:
    return isinstance(part, str) and (part in ",-" or part.isdecimal())
