"""Signatures: whether CREATE OR REPLACE may give a routine or view its new definition.

Pure. It answers as the server does: a wrong yes fails on apply, a wrong no rebuilds what could
have stayed; both are held against a server by tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.catalog import Fact, Identity, Kind
from toolkit.catalog.names import qualified

_MODE = re.compile(r"(INOUT|OUT|VARIADIC|IN) (?=\S)")
_NAME = re.compile(r'("(?:[^"]|"")*"|\S+) (.+)', re.DOTALL)
_OUTPUTS = frozenset({"OUT", "INOUT"})
_OPENING, _CLOSING = "([{", ")]}"
_TABLE, _SET, _DEFAULT = "TABLE(", "SETOF ", " DEFAULT "


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a routine.

    Args:
        mode: as it is printed, empty for IN.
        name: empty when it has none, and for an output, whose declaration holds it.
        declaration: name and type.
        default: the expression, None when there is none.
    """

    mode: str
    name: str
    declaration: str
    default: str | None


def can_replace(wanted: Fact, present: Fact) -> bool:
    """Tell whether CREATE OR REPLACE can turn one definition into the other.

    Args:
        wanted: a routine or view as it shall be.
        present: the same as it is.
    """
    match wanted.identity.kind:
        case Kind.VIEW:
            has, shall = present.get("columns"), wanted.get("columns")
            return isinstance(has, tuple) and isinstance(shall, tuple) and shall[: len(has)] == has
        case Kind.AGGREGATE:
            return _aggregate_shape(wanted) == _aggregate_shape(present)
    return (
        wanted.get("window") == present.get("window")
        and _result(wanted) == _result(present)
        and _takes_the_same(parameters(wanted), parameters(present))
    )


def parameters(routine: Fact) -> tuple[Parameter, ...]:
    """Take the printed parameters of a function or procedure apart. O(characters)."""
    types = iter(list(_split(routine.identity.part)))
    return tuple(_parameter(text, types) for text in _split(routine.text("arguments")))


def is_tracked(routine: Fact) -> bool:
    """Tell whether PostgreSQL parsed a routine's body, and so knows what it uses."""
    return re.search(r"^AS ", routine.text("definition"), re.MULTILINE) is None


def shape_names(fact: Fact, used: Identity) -> bool:
    """Tell whether what a routine or view looks like from outside names an object.

    What only its body names can be taken out of it for a while; what its shape names cannot.
    """
    columns = fact.get("columns")
    shape = [fact.text("arguments"), fact.text("returns")]
    shape += columns if isinstance(columns, tuple) else ()
    return any(names(text, used) for text in shape)


def names(text: str, used: Identity) -> bool:
    """Tell whether SQL that PostgreSQL printed names an object. O(characters)."""
    name = re.escape(qualified(used.schema, used.name))
    return re.search(rf'(?<![\w$".]){name}(?![\w$"])', text) is not None


def _aggregate_shape(aggregate: Fact) -> tuple[str, str, bool]:
    is_hypothetical = aggregate.text("definition").endswith(", hypothetical")
    return aggregate.text("arguments"), aggregate.text("returns"), is_hypothetical


def _takes_the_same(wanted: tuple[Parameter, ...], present: tuple[Parameter, ...]) -> bool:
    shall = [one for one in wanted if one.mode != "OUT"]
    has = [one for one in present if one.mode != "OUT"]
    return all(map(_accepts, shall, has))


def _accepts(wanted: Parameter, present: Parameter) -> bool:
    if present.name and wanted.name != present.name:
        return False
    if present.default is None:
        return True
    # The type of a polymorphic parameter's default is part of the signature.
    is_polymorphic = wanted.declaration.removeprefix(wanted.name).lstrip().startswith("any")
    return wanted.default is not None and (not is_polymorphic or wanted.default == present.default)


def _result(routine: Fact) -> tuple[bool, str | tuple[str, ...]]:
    """Return whether a routine returns a set, and of what: a type, or the columns of a row."""
    returns = routine.text("returns")
    if returns.startswith(_TABLE):
        columns = tuple(_split(returns[len(_TABLE) : -1]))
        # One column is no row, and has no name that counts.
        return True, columns if len(columns) > 1 else _NAME.sub(r"\2", columns[0])
    outputs = tuple(one.declaration for one in parameters(routine) if one.mode in _OUTPUTS)
    is_procedure = routine.identity.kind is Kind.PROCEDURE
    is_row = len(outputs) > 1 or (is_procedure and bool(outputs))
    is_set = returns.startswith(_SET)
    return is_set, outputs if is_row else returns.removeprefix(_SET)


def _parameter(text: str, types: Iterator[str]) -> Parameter:
    mode = ""
    if (found := _MODE.match(text)) is not None:
        mode, text = found[1].removesuffix("IN") or "", text[found.end() :]
    declaration, default = _without_default(text)
    name = ""
    if mode != "OUT":
        name = declaration.removesuffix(next(types)).rstrip()
    return Parameter(mode, name, declaration, default)


def _without_default(text: str) -> tuple[str, str | None]:
    for at, depth in bare(text):
        if depth == 0 and text.startswith(_DEFAULT, at):
            return text[:at], text[at + len(_DEFAULT) :]
    return text, None


def _split(text: str) -> Iterator[str]:
    """Split a printed list at its own commas."""
    start = 0
    for at, depth in bare(text):
        if depth == 0 and text[at] == ",":
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def bare(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places outside quotes, each with the number of brackets around it."""
    depth, quote = 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character in _OPENING) - (character in _CLOSING)
            yield at, depth
