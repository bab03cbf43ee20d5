"""Headers: what a reviewer wants to know first, and a docstring for whoever is on call.

Pure.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from toolkit.catalog import Facts, Kind
from toolkit.catalog.comparison import Change, compare
from toolkit.errors import ToolkitError
from toolkit.prove import Proof
from toolkit.trace import RevisionTrace, locks_line, rewrite_line

_WIDTH = 100
_VERBS = {Change.MISSING: "made", Change.EXTRA: "dropped", Change.CHANGED: "changed"}
_SHORTEST_NAME, _LONGEST_NAME = 2, 7
_PLURALS = {
    Kind.POLICY: "policies",
    Kind.INDEX: "indexes",
    Kind.DEFAULT_PRIVILEGES: "default privileges",
    Kind.STATISTICS: "statistics",
}


class MessageRefused(ToolkitError):
    """A message names no file."""


def header(
    before: Facts,
    after: Facts,
    trace: RevisionTrace,
    hazards: Iterable[str],
    forgotten: Iterable[str],
) -> str:
    """Return the comment that begins a script.

    Args:
        before: the facts that it begins with.
        after: the facts that it leads to.
        trace: what it did to others on a clone.
        hazards: what is dangerous about it, a sentence each.
        forgotten: columns and tables whose values it loses.
    """
    lines = [
        ("changes", listed_counts(before, after)),
        ("locks", _locks(trace)),
        *(("hazard", hazard) for hazard in dict.fromkeys(hazards)),
        ("loses", ", ".join(forgotten) or "nothing"),
    ]
    return "".join(f"{line}\n" for name, text in lines for line in _comment(name, text))


def docstring(message: str, proof: Proof, before: Facts, after: Facts) -> str:
    """Return the docstring of a revision: what it does, what it costs, what the way back does."""
    lost = proof.forgotten
    reverse = f"{listed_counts(after, before)}, to what was there before"
    reverse += f"; for good it loses {listed(lost)}." if lost else "; no value is lost."
    claim = message.strip().rstrip(".")
    sections = [
        *_section("Locks", locks_line(proof.up, proof.down)),
        *_section("Rewrite", rewrite_line(proof.up, proof.down)),
        *_section("Reverse", reverse),
    ]
    return "\n".join([f"{claim[0].upper()}{claim[1:]}.", "", *sections, ""])


def listed_counts(before: Facts, after: Facts) -> str:
    """Count what differs by kind and by what becomes of it.

    >>> listed_counts(Facts.of(17, []), Facts.of(17, []))
    'nothing'
    """
    objects = {
        (one.identity, one.change) for one in compare(after, before) if one.identity in
        after.objects or one.identity in before.objects
    }  # fmt: skip
    counts = Counter((identity.kind, change) for identity, change in objects)
    order = list(Kind)
    said = [
        f"{count} {kind if count == 1 else _plural(kind)} {_VERBS[change]}"
        for (kind, change), count in sorted(
            counts.items(), key=lambda entry: (order.index(entry[0][0]), entry[0][1])
        )
    ]
    return ", ".join(said) or "nothing"


def slug(message: str) -> str:
    """Return the name that a message gives to a revision's file.

    Raises:
        MessageRefused: it says too little.

    >>> slug("Rank public strategies by Sharpe ratio.")
    'rank_public_strategies_by_sharpe_ratio'
    """
    words = re.findall(r"[a-z]+", message.lower())
    if len(words) < _SHORTEST_NAME:
        raise MessageRefused(
            f"the message {message!r} names no revision",
            detail="a file is called NNNN_verb_object.py",
            hint="Say in a few words what the revision does, and to what.",
        )
    return "_".join(words[:_LONGEST_NAME])


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them.

    >>> listed(["c", "a", "b"])
    'a, b and c'
    """
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last


def _plural(kind: Kind) -> str:
    return _PLURALS.get(kind, f"{kind}s")


def _locks(trace: RevisionTrace) -> str:
    """Say what a script locks; the words that docstrings have for both ways, for one."""
    return locks_line(trace, trace).removesuffix("; the same going down.").removesuffix(".")


def _comment(name: str, text: str) -> Iterator[str]:
    return _filled(text, f"-- {f'{name}:':<9}", f"-- {'':<9}")


def _section(name: str, text: str) -> Iterator[str]:
    return _filled(text, f"{f'{name}:':<9}", " " * 9)


def _filled(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
