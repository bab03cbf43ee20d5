"""Mutants: a function's SQL with one small wrong in it, of the kinds that reviews overlook.

Pure. Whoever has proofs or tests can hold them against these: what nobody notices nobody proves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>[eE]?'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<word>[^\W\d][\w$]*|\d[\w.]*)
    |(?P<sign><=|>=|<>|!=|=>|:=|::|\|\||->>|->|@>|<@|\$\$|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_EDGES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_CONDITION = {"where", "on", "having", "if", "elsif", "when"}
_CONNECTIVE = {"and": "true", "or": "false"}
# What ends an operand of `and` and `or`, or an item of `order by`, on its own level.
_STOPS = _CONDITION | {
    "as", "begin", "case", "cross", "do", "else", "end", "except", "filter", "for", "from", "full",
    "group", "inner", "intersect", "into", "join", "left", "limit", "loop", "offset", "order",
    "over", "return", "returning", "right", "select", "set", "then", "union", "using", "values",
    "while", "window", "with", ",", ";", ":=", "$$",
}  # fmt: skip
_REFUSALS = ("insufficient_privilege", "42501")


class Kind(StrEnum):
    """What is wrong with a mutant."""

    PREDICATE = "predicate dropped"
    GUARD = "guard dropped"
    EDGE = "comparison moved by one"
    NULL = "comparison that null slips through"
    JOIN = "left join made inner"
    TIE = "tie-break dropped"
    SETTING = "set dropped"
    GRANT = "grant widened"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mutant.

    Args:
        name: of the file, as the caller calls it.
        line: where it differs from the original, counted from one.
        kind: what is wrong.
        was: the original's words there.
        text: the whole file, with the wrong in it.
        is_security: whether it lets somebody in, or somebody's objects.
    """

    name: str
    line: int
    kind: Kind
    was: str
    text: str
    is_security: bool

    def __str__(self) -> str:
        return f"{self.name}:{self.line}: {self.kind}: {self.was}"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    start: int
    end: int
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class _Edit:
    kind: Kind
    start: int
    end: int
    instead: str
    is_security: bool = False
    was: str | None = None


def make_mutants(name: str, text: str, *, decides: bool = False) -> tuple[Mutant, ...]:
    """Write every mutant of one file that creates a function.

    Args:
        name: what to call the file.
        text: it, n characters.
        decides: whether other functions ask this one who may go on; all its mutants then count as
            security.

    Returns:
        In the order of the text; one for each edit. Some may not be valid SQL. O(n) for each.
    """
    tokens = tuple(_tokens(text))
    first, last = _body(tokens)
    edits: dict[tuple[int, int, str], _Edit] = {}
    # A guard is a predicate, too: whichever comes first counts.
    for edit in (
        *_edits_of_guards(text, tokens[first:last]),
        *_edits_of_body(tokens[first:last], decides=decides),
        *_edits_of_settings(tokens[:first]),
        *_edits_of_grants(text, tokens[last:]),
    ):
        edits.setdefault((edit.start, edit.end, edit.instead), edit)
    return tuple(
        Mutant(
            name,
            text.count("\n", 0, edit.start) + 1,
            edit.kind,
            edit.was or " ".join(text[edit.start : edit.end].split()),
            text[: edit.start] + edit.instead + text[edit.end :],
            edit.is_security or decides,
        )
        for edit in sorted(edits.values(), key=lambda edit: (edit.start, edit.end))
    )


def name_guards(texts: Iterable[str]) -> frozenset[str]:
    """Return the names of functions by which others decide who may go on.

    Args:
        texts: files that create functions.
    """
    names: set[str] = set()
    for text in texts:
        tokens = tuple(_tokens(text))
        for place, end in _guards(tokens):
            names.update(re.findall(r"(\w+)\(", text[tokens[place].end : tokens[end].start]))
    return frozenset(names)


def _tokens(text: str) -> Iterator[_Token]:
    level = 0
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match.group()
        if kind == "blank":
            continue
        level -= word in ")]"
        yield _Token(kind, match.start(), match.end(), word.lower(), level)
        level += word in "(["


def _body(tokens: tuple[_Token, ...]) -> tuple[int, int]:
    """Return between which tokens the body is."""
    marks = [place for place, token in enumerate(tokens) if token.text == "$$"]
    if marks:
        return marks[0], marks[-1]
    words = [token.text for token in tokens]
    first = next(
        (place for place in range(len(words)) if words[place : place + 2] == ["begin", "atomic"]),
        len(words),
    )
    ends = [place for place in range(first, len(words)) if words[place : place + 2] == ["end", ";"]]
    return first, ends[-1] if ends else len(words)


def _edits_of_body(tokens: tuple[_Token, ...], *, decides: bool) -> Iterator[_Edit]:
    guarded = [(tokens[place].start, tokens[end].start) for place, end in _guards(tokens)]
    yield from _edits_of_predicates(tokens)
    for place, token in enumerate(tokens):
        if token.text in _EDGES:
            yield _Edit(Kind.EDGE, token.start, token.end, _EDGES[token.text])
        elif token.text == "left" and _next(tokens, place) == "join":
            yield _Edit(Kind.JOIN, token.start, token.end, "inner")
        elif token.text == "distinct" and _next(tokens, place) == "from":
            yield _null_edit(tokens, place, guarded, decides=decides)
        elif token.text == "order" and _next(tokens, place) == "by":
            yield from _edit_of_order(tokens, place + 1)


def _null_edit(
    tokens: tuple[_Token, ...], place: int, guarded: list[tuple[int, int]], *, decides: bool
) -> _Edit:
    negated = tokens[place - 1].text == "not"
    start = tokens[place - 2 if negated else place - 1].start
    inside = any(begin <= start < end for begin, end in guarded)
    end = tokens[place + 1].end
    return _Edit(Kind.NULL, start, end, "=" if negated else "<>", is_security=inside or decides)


def _edits_of_guards(text: str, tokens: tuple[_Token, ...]) -> Iterator[_Edit]:
    for place, token in enumerate(tokens):
        if token.text != "if" or tokens[place - 1].text == "end":
            continue
        then = _find(tokens, place, "then")
        closing = next(
            (
                end
                for end in range(then, len(tokens) - 1)
                if tokens[end].text == "end" and tokens[end + 1].text == "if"
            ),
            then,
        )
        branch = text[tokens[then].end : tokens[closing].start]
        if "raise" in branch:
            yield _Edit(
                Kind.GUARD,
                tokens[place + 1].start,
                tokens[then - 1].end,
                "false",
                is_security=any(refusal in branch for refusal in _REFUSALS),
            )


def _guards(tokens: tuple[_Token, ...]) -> Iterator[tuple[int, int]]:
    """Yield where the condition of each guard begins and ends that refuses for lack of rights."""
    for place, token in enumerate(tokens):
        if token.text == "if" and tokens[place - 1].text != "end":
            then = _find(tokens, place, "then")
            closing = _find(tokens, then, "end")
            words = {one.text.strip("'") for one in tokens[then:closing]}
            if words.intersection(_REFUSALS):
                yield place, then


def _edits_of_predicates(tokens: tuple[_Token, ...]) -> Iterator[_Edit]:
    for place, token in enumerate(tokens):
        if token.text in _CONNECTIVE and not _is_range(tokens, place):
            neutral = _CONNECTIVE[token.text]
            yield _operand(tokens, _back(tokens, place), place, neutral)
            yield _operand(tokens, place + 1, _forth(tokens, place + 1), neutral)
        elif token.text in ("where", "having", "on") and _next(tokens, place) != "conflict":
            end = _forth(tokens, place + 1)
            if end == len(tokens) or tokens[end].text not in _CONNECTIVE:
                yield _operand(tokens, place + 1, end, "true")
        elif token.text in ("if", "elsif", "when") and tokens[place - 1].text != "end":
            end = _forth(tokens, place + 1)
            if end < len(tokens) and tokens[end].text == "then" and token.text != "when":
                yield _operand(tokens, place + 1, end, "false")


def _operand(tokens: tuple[_Token, ...], first: int, end: int, neutral: str) -> _Edit:
    return _Edit(Kind.PREDICATE, tokens[first].start, tokens[end - 1].end, neutral)


def _is_range(tokens: tuple[_Token, ...], place: int) -> bool:
    """Tell whether an `and` belongs to a `between`."""
    level = tokens[place].level
    for earlier in reversed(tokens[:place]):
        if earlier.level < level or (earlier.level == level and earlier.text in _STOPS):
            return False
        if earlier.level == level and earlier.text in (*_CONNECTIVE, "between"):
            return earlier.text == "between"
    return False


def _forth(tokens: tuple[_Token, ...], place: int) -> int:
    """Return where the operand ends that begins here."""
    level, ranges = tokens[place].level, 0
    cases = 0
    for end in range(place, len(tokens)):
        token = tokens[end]
        if token.level < level:
            return end
        if token.level != level:
            continue
        cases += token.text == "case"
        if cases:
            cases -= token.text == "end"
            continue
        if token.text == "between":
            ranges += 1
        elif token.text == "and" and ranges:
            ranges -= 1
        elif token.text == "from" and tokens[end - 1].text == "distinct":
            continue
        elif token.text in _CONNECTIVE or token.text in _STOPS:
            return end
    return len(tokens)


def _back(tokens: tuple[_Token, ...], place: int) -> int:
    """Return where the operand begins that ends here."""
    level, cases = tokens[place].level, 0
    for begin in range(place - 1, -1, -1):
        token = tokens[begin]
        if token.level < level:
            return begin + 1
        if token.level != level or (token.text == "from" and tokens[begin - 1].text == "distinct"):
            continue
        cases += token.text == "end"
        if cases:
            cases -= token.text == "case"
            continue
        if token.text == "and" and _is_range(tokens, begin):
            continue
        if token.text in _CONNECTIVE or token.text in _STOPS:
            return begin + 1
    return 0


def _edit_of_order(tokens: tuple[_Token, ...], by: int) -> Iterator[_Edit]:
    """Yield what drops the last item of an `order by` of two or more."""
    level = tokens[by].level
    commas = []
    for end in range(by + 1, len(tokens)):
        token = tokens[end]
        if token.level < level:
            break
        if token.level == level and token.text == ",":
            commas.append(token.start)
        elif token.level == level and (token.text in _STOPS or token.text in ("rows", "range")):
            break
    if commas:
        yield _Edit(Kind.TIE, commas[-1], tokens[end - 1].end, "")


def _edits_of_settings(tokens: tuple[_Token, ...]) -> Iterator[_Edit]:
    words = [token.text for token in tokens]
    # Elsewhere, whoever shadows a name deceives nobody but themselves; whoever writes to a table
    # chooses the path of its triggers.
    is_shared = "definer" in words or ["returns", "trigger"] in map(list, pairwise(words))
    for place, token in enumerate(tokens):
        if token.text == "set" and token.level == 0:
            end = place + 3
            while end + 2 < len(tokens) and tokens[end + 1].text == ",":
                end += 2
            is_path = is_shared and tokens[place + 1].text == "search_path"
            yield _Edit(Kind.SETTING, token.start, tokens[end].end, "", is_security=is_path)


def _edits_of_grants(text: str, tokens: tuple[_Token, ...]) -> Iterator[_Edit]:
    starts = [0, *(place + 1 for place, token in enumerate(tokens) if token.text == ";")]
    for start, following in pairwise(starts):
        words = [token.text for token in tokens[start:following]]
        if words[:1] != ["revoke"] or "function" not in words:
            continue
        # What was taken from everybody, given back; whoever else was granted it keeps it.
        of, end = words.index("function"), words.index("from")
        function = text[tokens[start + of].start : tokens[start + end - 1].end]
        semicolon = tokens[following - 1]
        yield _Edit(
            Kind.GRANT,
            semicolon.start,
            semicolon.end,
            f"; grant execute on {function} to public;",
            is_security=True,
            was=" ".join(f"revoke {function}".split()),
        )


def _find(tokens: tuple[_Token, ...], place: int, word: str) -> int:
    return next(
        (end for end in range(place, len(tokens)) if tokens[end].text == word), len(tokens) - 1
    )


def _next(tokens: tuple[_Token, ...], place: int) -> str:
    return tokens[place + 1].text if place + 1 < len(tokens) else ""
