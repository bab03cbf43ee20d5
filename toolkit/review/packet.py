"""What a review says about one revision: everything seen, and what of it has to be mended.

Plain values; `page` writes them for people, `as_json` for machines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.catalog import Identity
from toolkit.catalog.comparison import Change, Difference, shown
from toolkit.trace import Overrun, RevisionTrace


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that squawk says.

    Args:
        line: of the file, counted from one.
        rule: its name.
        message: what it says, with its help.
    """

    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Loss:
    """Content that goes and that the other direction does not bring back.

    Args:
        identity: a table or a column.
        reason: what happens to it.
        rows: how many rows, or values that are not null, the reviewed data has of it.
    """

    identity: Identity
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class LateBound:
    """A body that nothing in the catalog protects, and that fails once the revision is applied.

    Args:
        function: its signature.
        line: of the body; 0 when it is not known.
        message: PostgreSQL's.
        cause: what the revision took away, as SQL names it; empty when nothing of that name went.
    """

    function: str
    line: int
    message: str
    cause: str

    def __str__(self) -> str:
        line = f" line {self.line}" if self.line else ""
        cause = f"; this revision takes away {self.cause}" if self.cause else ""
        return f"{self.function}{line}: {self.message}{cause}"


@dataclass(frozen=True, slots=True)
class Way:
    """One direction.

    Args:
        sql: the frozen file.
        trace: what it did on the clone.
        overruns: what of that its docstring does not allow.
        remarks: what squawk says.
        losses: what goes.
        hazards: what whoever applies it should know, a sentence each.
    """

    sql: str
    trace: RevisionTrace
    overruns: tuple[Overrun, ...]
    remarks: tuple[Remark, ...]
    losses: tuple[Loss, ...]
    hazards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packet:
    """The review of one revision.

    Args:
        revision: which.
        parent: the one before, None for the first.
        claim: the first line of its docstring.
        reverse: what it says about the way back.
        server: what it was tried on.
        rows: how many rows each table had there.
        up: the way up.
        down: the way back.
        changes: what differs between the facts before and after.
        not_restored: what the way back leaves other than it was.
        not_repeated: what the way up makes other than the first time.
        late_bound: bodies that it breaks.
        unread: why nobody looked into bodies of PL/pgSQL; empty when somebody did.
        unclear: what of its budget could not be read; empty when all of it could.
        failures: what failed when it was tried: statements, or filling in the data.
    """

    revision: str
    parent: str | None
    claim: str
    reverse: str
    server: str
    rows: Mapping[str, int]
    up: Way
    down: Way
    changes: tuple[Difference, ...]
    not_restored: tuple[Difference, ...]
    not_repeated: tuple[Difference, ...]
    late_bound: tuple[LateBound, ...]
    unread: str
    unclear: str
    failures: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """What has to be mended before anybody applies it, a sentence each."""
        return tuple(self._findings())

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "revision": self.revision,
            "parent": self.parent,
            "claim": self.claim,
            "reverse": self.reverse,
            "server": self.server,
            "rows": dict(self.rows),
            "findings": list(self.findings),
            "late_bound": [asdict(one) for one in self.late_bound],
            "late_bound_unread": self.unread or None,
            "changes": [_difference_json(one) for one in self.changes],
            "up": _way_json(self.up),
            "down": _way_json(self.down),
        }

    def _findings(self) -> Iterator[str]:
        for broken in self.late_bound:
            yield f"breaks a body: {broken}"
        yield from self.failures
        if self.unclear:
            yield self.unclear
        for way in (self.up, self.down):
            yield from map(str, way.overruns)
        for one in self.not_restored:
            yield f"the way back does not restore {described(one)}"
        for one in self.not_repeated:
            yield f"going up again makes something else: {described(one)}"


def described(difference: Difference) -> str:
    """Return a difference on one line."""
    if difference.change is Change.CHANGED:
        expected, found = shown(difference)
        return f"{difference.identity}: {difference.attribute}: {expected} became {found}"
    return f"{difference.identity}: {difference.change}"


def _way_json(way: Way) -> dict[str, Any]:
    return {
        "sql": way.sql,
        "trace": way.trace.as_json(),
        "locks": [
            {
                "relation": lock.relation.name,
                "mode": str(lock.mode),
                "held_ms": round(way.trace.held_ms(lock), 3),
            }
            for lock in way.trace.strongest
        ],
        "overruns": [asdict(one) for one in way.overruns],
        "squawk": [asdict(one) for one in way.remarks],
        "losses": [
            {"object": str(one.identity), "reason": one.reason, "rows": one.rows}
            for one in way.losses
        ],
        "hazards": list(way.hazards),
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "object": str(difference.identity),
        "change": _CHANGES[difference.change],
        "attribute": difference.attribute,
        "before": difference.expected,
        "after": difference.found,
    }


_CHANGES = {Change.MISSING: "dropped", Change.EXTRA: "made", Change.CHANGED: "changed"}
