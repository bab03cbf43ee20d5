"""Differences: what has to become of each object, and what is left to people.

Pure. It looks at one object at a time; what a change does to others is toolkit.plan.closure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from toolkit.catalog import GRANTS_TO, PREREQUISITES, ROUTINES, Fact, Facts, Identity, Kind
from toolkit.catalog.ddl.statements import OWNER, PUBLIC
from toolkit.catalog.ownership import relation_of
from toolkit.plan.model import Strategy, Unplanned
from toolkit.plan.signature import can_replace

VIEWS = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW})
# Made, changed and dropped by plans, whatever they are part of.
_PLANNED = (
    ROUTINES
    | VIEWS
    | {
        Kind.SCHEMA, Kind.RULE, Kind.TRIGGER, Kind.POLICY, Kind.EVENT_TRIGGER, Kind.PUBLICATION,
        Kind.PUBLICATION_MEMBER, Kind.DEFAULT_PRIVILEGES, Kind.CRON_JOB,
    }
)  # fmt: skip
_PARTS_OF_RELATIONS = frozenset({Kind.COLUMN, Kind.INDEX, Kind.STATISTICS})
_BESIDE_DEFINITION = ("owner", "comment", GRANTS_TO)
_ALSO_OF_TABLES = frozenset({"row_security", "force_row_security", "replica_identity"})
# Attributes that no ALTER changes, by kind; every other attribute of that kind has one.
_FIXED = {
    Kind.MATERIALIZED_VIEW: {"definition", "columns", "access_method"},
    Kind.POLICY: {"command", "restrictive"},
    Kind.EVENT_TRIGGER: {"event", "tags", "function"},
    Kind.PUBLICATION: {"all_tables"},
    Kind.PUBLICATION_MEMBER: {"columns", "row_filter"},
    Kind.INDEX: {"definition", "relation"},
    Kind.STATISTICS: {"definition"},
}


class Way(Enum):
    """What becomes of an object."""

    ADD = "made"
    GONE = "dropped"
    ALTER = "changed in place"
    REBUILD = "dropped and made again"


@dataclass(frozen=True, slots=True)
class Task:
    """One object that a plan touches.

    Args:
        identity: which object.
        way: what becomes of it.
        present: as it is; None when it is made.
        wanted: as it shall be; None when it goes.
        hollow: whether it loses its body for a while, so that what the body uses can be rebuilt.
        swap: whether the new one is built beside the old one.
    """

    identity: Identity
    way: Way
    present: Fact | None = None
    wanted: Fact | None = None
    hollow: bool = False
    swap: bool = False

    @property
    def differing(self) -> frozenset[str]:
        """Name the attributes that differ."""
        return differing(self.present, self.wanted)

    @property
    def redefines(self) -> bool:
        """Tell whether a change in place gives it another definition."""
        if self.wanted is not None and not is_planned(self.wanted):
            return False  # what people define keeps its definition
        return any(is_definition(self.identity.kind, attribute) for attribute in self.differing)


Tasks = Mapping[Identity, Task]


def find_differences(
    before: Facts, after: Facts, strategies: Mapping[str, Strategy]
) -> tuple[dict[Identity, Task], dict[Identity, Unplanned], list[Unplanned]]:
    """Compare two sides object by object.

    Args:
        before: n facts of the database that the plan is for.
        after: m facts of what it shall be like.
        strategies: how a materialized view is replaced, by its address.

    Returns:
        What plans do, whole objects that they leave to people, attributes that they leave. Time
        O(n + m).
    """
    tasks: dict[Identity, Task] = {}
    objects: dict[Identity, Unplanned] = {}
    attributes: list[Unplanned] = []
    for identity in sorted(before.own.keys() | after.own.keys()):
        present, wanted = before.get(identity), after.get(identity)
        if present == wanted or _is_beyond(identity, before, after):
            continue
        # An index may be a view's on one side and a table's on the other.
        if all(is_planned(fact) for fact in (present, wanted) if fact is not None):
            task = _task(identity, present, wanted, strategies)
            if task.way is not Way.ALTER or task.differing:
                tasks[identity] = task
        elif present is None or wanted is None:
            objects[identity] = Unplanned(identity, "", _reason(identity, present))
        else:
            attributes += _by_hand(present, wanted)
            if any(is_everywhere(identity.kind, name) for name in differing(present, wanted)):
                tasks[identity] = Task(identity, Way.ALTER, present, wanted)
    return tasks, objects, attributes


def is_planned(fact: Fact) -> bool:
    """Tell whether plans make, change and drop an object of this kind, in this place."""
    if fact.identity.kind in _PARTS_OF_RELATIONS:
        return fact.parent is not None and fact.parent.kind in VIEWS
    return fact.identity.kind in _PLANNED


def is_everywhere(kind: Kind, attribute: str) -> bool:
    """Tell whether plans change an attribute even of objects that people make."""
    if kind in PREREQUISITES or kind is Kind.UNMODELLED:
        return False
    return attribute.startswith(_BESIDE_DEFINITION) or (
        kind is Kind.TABLE and attribute in _ALSO_OF_TABLES
    )


def is_definition(kind: Kind, attribute: str) -> bool:
    """Tell whether an attribute belongs to what CREATE OR REPLACE says."""
    if kind in ROUTINES:
        return not attribute.startswith(_BESIDE_DEFINITION)
    if kind is Kind.POLICY:
        return attribute in ("roles", "using", "with_check")
    return attribute == "definition"


def differing(present: Fact | None, wanted: Fact | None) -> frozenset[str]:
    """Name the attributes in which two facts differ; all of them when one is missing."""
    has = dict(present.attributes) if present is not None else {}
    shall = dict(wanted.attributes) if wanted is not None else {}
    return frozenset(name for name in has.keys() | shall.keys() if has.get(name) != shall.get(name))


def may_be_called(routine: Fact | None) -> bool:
    """Tell whether a routine's owner may call it: else he can replace it no more than use it."""
    rights = () if routine is None else (routine.text(GRANTS_TO + one) for one in (OWNER, PUBLIC))
    return any(right.startswith("execute") for right in rights)


def _task(
    identity: Identity,
    present: Fact | None,
    wanted: Fact | None,
    strategies: Mapping[str, Strategy],
) -> Task:
    fact = wanted or present
    if identity.kind is Kind.COLUMN:
        # A view's column is there with its view: what comes and goes is attached to it.
        parent = None if fact is None else fact.parent
        bare = Fact(identity, parent=parent)
        return Task(identity, Way.ALTER, present or bare, wanted or bare)
    if present is None:
        return Task(identity, Way.ADD, None, wanted)
    if wanted is None:
        return Task(identity, Way.GONE, present, None)
    if not _has_to_be_rebuilt(present, wanted):
        return Task(identity, Way.ALTER, present, wanted)
    is_materialized = identity.kind is Kind.MATERIALIZED_VIEW
    swap = is_materialized and strategies.get(identity.address) is not Strategy.REBUILD
    return Task(identity, Way.REBUILD, present, wanted, swap=swap)


def _has_to_be_rebuilt(present: Fact, wanted: Fact) -> bool:
    kind, changed = wanted.identity.kind, differing(present, wanted)
    if kind in ROUTINES:
        return any(is_definition(kind, name) for name in changed) and not can_replace(
            wanted, present
        )
    match kind:
        case Kind.VIEW:
            # Its columns change under it where those that it looks at do.
            return bool(changed & {"definition", "columns"}) and not can_replace(wanted, present)
        case Kind.TRIGGER:
            # A copy on a partition follows the trigger that it was copied from.
            is_copy = wanted.parent is not None and wanted.parent.kind is Kind.TRIGGER
            return "definition" in changed and not is_copy and _has_constraint(present, wanted)
        case Kind.POLICY:
            lost = any(
                present.get(name) and not wanted.get(name) for name in ("using", "with_check")
            )
            return lost or bool(changed & _FIXED[kind])
    return bool(changed & _FIXED.get(kind, set()))


def _has_constraint(*triggers: Fact) -> bool:
    return any(fact.text("definition").startswith("CREATE CONSTRAINT") for fact in triggers)


def _by_hand(present: Fact, wanted: Fact) -> Iterator[Unplanned]:
    kind = wanted.identity.kind
    for attribute in sorted(differing(present, wanted)):
        if is_everywhere(kind, attribute) or _is_same_order(attribute, present, wanted):
            continue
        yield Unplanned(wanted.identity, attribute, f"plans leave {_plural(kind)} to people")


def _is_same_order(attribute: str, present: Fact, wanted: Fact) -> bool:
    """Tell whether the columns that both have stand in the same order."""
    has, shall = present.get(attribute), wanted.get(attribute)
    if attribute != "column_order" or not isinstance(has, tuple) or not isinstance(shall, tuple):
        return False
    common = set(has) & set(shall)
    return [name for name in has if name in common] == [name for name in shall if name in common]


def _reason(identity: Identity, present: Fact | None) -> str:
    what = "is missing" if present is None else "is there and should not be"
    if identity.kind in PREREQUISITES:
        return f"{what}; {_plural(identity.kind)} are prerequisites: run hephaitos prepare"
    return f"{what}; plans leave {_plural(identity.kind)} to people"


def _plural(kind: Kind) -> str:
    match kind:
        case Kind.STATISTICS | Kind.DEFAULT_PRIVILEGES:
            return str(kind)
        case Kind.INDEX:
            return "indexes of tables"
        case Kind.UNMODELLED:
            return "objects that the toolkit does not model"
        case Kind.DATABASE:
            return "attributes of the database"
    return f"{kind}s"


def _is_beyond(identity: Identity, before: Facts, after: Facts) -> bool:
    """Tell whether an object is none of a plan's: unseen, or a role that nobody here asks for."""
    if identity.kind is Kind.CRON_JOB:
        return bool(before.blind or after.blind)
    if identity.kind is Kind.MEMBERSHIP:
        ends = (Identity(Kind.ROLE, "", end) for end in (identity.name, identity.part))
        return identity not in after.own or not all(end in before.by_identity for end in ends)
    return identity.kind is Kind.ROLE and identity not in after.own


def without_what_follows(
    objects: Mapping[Identity, Unplanned], before: Facts, after: Facts
) -> Iterator[Unplanned]:
    """Leave out what goes with another object that is named: columns of a table, copies.

    Args:
        objects: whole objects that plans leave to people, u of them.
        before: the one side.
        after: the other.

    Yields:
        Those that nothing else explains. Time O(u).
    """
    # Of a table that both sides have, each part is a difference of its own.
    whole = {
        one: unplanned
        for one, unplanned in objects.items()
        if one.kind is not Kind.TABLE or before.get(one) is None or after.get(one) is None
    }
    tables = {one.address for one in whole if one.kind is Kind.TABLE}
    for identity, unplanned in objects.items():
        fact = after.get(identity) or before.by_identity[identity]
        if identity.kind is not Kind.TABLE and (  # a partition or heir is made by itself
            relation_of(fact) in tables
            or fact.parent in whole
            or _is_handed_down(fact, whole, before, after)
        ):
            continue
        yield unplanned


def _is_handed_down(
    fact: Fact, objects: Mapping[Identity, Unplanned], before: Facts, after: Facts
) -> bool:
    parent = fact.parent
    holder = None if parent is None else after.get(parent) or before.get(parent)
    if holder is None or holder.parent is None or holder.parent.kind is not Kind.TABLE:
        return False
    above = holder.parent
    return Identity(fact.identity.kind, above.schema, above.name, fact.identity.part) in objects
