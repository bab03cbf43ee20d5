"""The budget of a revision: what its docstring allows it to lock, to rewrite and to read.

Pure. The docstring is English with a fixed core, so that one sentence serves the person on call and
the check:

    Locks:   share row exclusive on public.parents for its foreign key; brief. Going down, access
             exclusive on public.parents; brief.
    Rewrite: none; public.parents is read once.

A lock is `MODE on NAME`, or `MODE on NAME, NAME and NAME`, by PostgreSQL's name of the mode; or the
line begins with `none`. What follows `going down` is about the way back; without it, both ways are
meant, and `the same going down` says so. A name in the Rewrite line is rewritten, unless its clause
says that it is read; a clause ends with a semicolon or a full stop. The words between are free.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.errors import ToolkitError
from toolkit.history import Revision
from toolkit.trace.model import Lock, Mode, RevisionTrace

_MODES = {str(mode): mode for mode in Mode}
_ANY_MODE = "|".join(sorted(_MODES, key=len, reverse=True))
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = re.compile(rf"{_IDENTIFIER}\.{_IDENTIFIER}")
_NAMES = rf"{_NAME.pattern}(?:(?:, and |, | and ){_NAME.pattern})*"
_LOCK = re.compile(rf"\b(?P<mode>{_ANY_MODE}) on (?P<names>{_NAMES})", re.IGNORECASE)
# `share` and `exclusive` alone are words like any other.
_MENTION = re.compile(
    rf"\b(?:(?:{'|'.join(mode for mode in _MODES if ' ' in mode)})\b|(?:share|exclusive) on\b)",
    re.IGNORECASE,
)
_GOING_DOWN = re.compile(r"(?P<same>\bthe same )?\bgoing down\b[,:]?", re.IGNORECASE)
_CLAUSE_END = re.compile(r";|\.(?=\s|$)")
_READS = re.compile(r"\b(?:read|reads|scanned)\b")
_FORM = "Write `MODE on schema.relation`, or begin with `none`; see docs/guides/locks.md."


class BudgetUnclear(ToolkitError):
    """A docstring does not say in the agreed form what its revision locks or rewrites."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one direction of a revision may do to relations that it does not make itself.

    Args:
        locks: the strongest mode for each relation.
        rewrites: relations that may get another file.
        reads: relations that may be scanned, the rewritten ones among them.
    """

    locks: Mapping[str, Mode]
    rewrites: frozenset[str]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Budget:
    """Both directions."""

    up: Allowance
    down: Allowance

    def of(self, *, is_upgrade: bool) -> Allowance:
        """Return one direction."""
        return self.up if is_upgrade else self.down


@dataclass(frozen=True, slots=True)
class Overrun:
    """Something that a revision did and its docstring does not allow.

    Args:
        revision: whose.
        direction: up or down.
        what: the fact, with the statement.
        hint: what to write, or to change.
    """

    revision: str
    direction: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.revision}.{self.direction}.sql {self.what}"


def read_budget(revision: Revision) -> Budget:
    """Read the Locks and Rewrite lines of a docstring.

    Raises:
        BudgetUnclear: a line is missing, or not in the agreed form.
    """
    locks = {
        is_upgrade: _locks(revision.number, text)
        for is_upgrade, text in _directions(_section(revision, "Locks"))
    }
    rewrites = {
        is_upgrade: _rewrites(text)
        for is_upgrade, text in _directions(_section(revision, "Rewrite"))
    }
    up, down = (Allowance(locks[way], *rewrites[way]) for way in (True, False))
    return Budget(up, down)


def overruns(trace: RevisionTrace, budget: Budget) -> tuple[Overrun, ...]:
    """Hold a trace to its budget. Empty when it stayed within."""
    return tuple(_overruns(trace, budget.of(is_upgrade=trace.is_upgrade)))


def _overruns(trace: RevisionTrace, allowed: Allowance) -> Iterator[Overrun]:
    for lock in trace.strongest:
        limit = max(
            allowed.locks.get(lock.relation.name, Mode.ACCESS_SHARE),
            allowed.locks.get(lock.relation.part_of, Mode.ACCESS_SHARE),
        )
        if lock.mode > limit:
            yield _lock_overrun(trace, lock, limit)
    for rewrite in trace.rewrites:
        name = rewrite.relation.part_of or rewrite.relation.name
        if name not in allowed.rewrites:
            yield Overrun(
                trace.revision,
                trace.direction,
                f"rewrote {name}, its Rewrite line does not say so",
                f"Declare `{name} is rewritten`, or find a way without.",
            )
    for scan in trace.scans:
        name = scan.relation.part_of or scan.relation.name
        if name not in allowed.reads:
            yield Overrun(
                trace.revision,
                trace.direction,
                f"read {scan.row_count:,} rows of {name}, its Rewrite line does not say so",
                f"Declare `{name} is read`, or find a way without.",
            )


def _lock_overrun(trace: RevisionTrace, lock: Lock, limit: Mode) -> Overrun:
    statement = trace.taker(lock)
    declared = str(limit) if limit.is_felt else "nothing"
    return Overrun(
        trace.revision,
        trace.direction,
        f"took {lock.mode} on {lock.relation.name}, its Locks line declares {declared}; "
        f"line {statement.line}: {statement.title}",
        f"Declare `{lock.mode} on {lock.relation.name}`, or find a way with less.",
    )


def _section(revision: Revision, label: str) -> str:
    text = revision.section(label)
    if text.lower().startswith("none") or _NAME.search(text):
        return text
    raise BudgetUnclear(
        f"revision {revision.number} does not say what it does under {label}",
        detail=f"the line is {text!r}" if text else f"its docstring has no line {label}:",
        hint=_FORM,
    )


def _directions(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the part about the way up, then the part about the way down."""
    match = _GOING_DOWN.search(text)
    if match is None or match["same"]:
        yield from ((True, text), (False, text))
        return
    yield True, text[: match.start()]
    yield False, text[match.end() :]


def _locks(revision: str, text: str) -> dict[str, Mode]:
    allowed: dict[str, Mode] = {}
    understood = []
    for match in _LOCK.finditer(text):
        understood.append(match.span())
        mode = _MODES[match["mode"].lower()]
        for name in _NAME.findall(match["names"]):
            allowed[name] = max(mode, allowed.get(name, mode))
    for mention in _MENTION.finditer(text):
        if not any(first <= mention.start() < last for first, last in understood):
            raise BudgetUnclear(
                f"revision {revision} names a lock and not its relation",
                detail=f"after `{mention.group()}` stands no qualified name: {text!r}",
                hint=_FORM,
            )
    return allowed


def _rewrites(text: str) -> tuple[frozenset[str], frozenset[str]]:
    rewritten: set[str] = set()
    read: set[str] = set()
    for clause in _CLAUSE_END.split(text):
        (read if _READS.search(clause) else rewritten).update(_NAME.findall(clause))
    return frozenset(rewritten), frozenset(read | rewritten)
