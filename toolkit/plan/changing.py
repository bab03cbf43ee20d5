"""Changing in place: what an object is told that stays where it is.

Pure.
"""

from collections.abc import Iterator

from toolkit.catalog import GRANTS_TO, ROUTINES, Fact, Identity, Kind
from toolkit.catalog.ddl import (
    Change,
    Passage,
    alter,
    create,
    define_view,
    enable,
    regrant,
    target,
    words,
)
from toolkit.catalog.ddl.privileges import hand_over, owned_by, parse
from toolkit.plan.differences import (
    Task,
    Tasks,
    Way,
    is_definition,
    is_everywhere,
    is_planned,
    may_be_called,
)
from toolkit.plan.shells import default_again

_WITH_COLUMNS = frozenset({Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW})


def change_in_place(task: Task, tasks: Tasks, passage: Passage) -> Iterator[str]:
    """Yield the statements that give an object all that it shall have, in the order to run them.

    Args:
        task: the object.
        tasks: everything else that the plan does.
        passage: both sides.

    Raises:
        Unwritable: no statement brings one of its differences about.
    """
    wanted, present = task.wanted, task.present
    assert wanted is not None  # what is changed is on both sides
    assert present is not None
    kind = task.identity.kind
    rest = task.differing - {"owner", "columns", "column_order"}
    if not is_planned(wanted):  # the rest of it is people's
        rest = frozenset(name for name in rest if is_everywhere(kind, name))
    granted = list(_granted(wanted, present, task, _new_owner(task, tasks), passage))
    opens = kind in ROUTINES and "owner" not in task.differing and not may_be_called(present)
    if opens:
        yield from granted
    if task.hollow or task.redefines:
        yield from _defined_again(wanted, task, passage)
        rest = frozenset(name for name in rest if not _is_covered(kind, name))
    if "owner" in task.differing and not _follows_its_table(wanted, tasks):
        yield from hand_over(wanted, passage)
    if not opens:
        yield from granted
    said: dict[str, None] = {}  # two attributes may be changed by one statement
    for attribute in sorted(rest):
        if attribute == "enabled" and is_copy(wanted) and wanted.parent in tasks:
            said |= dict.fromkeys(copied_state(wanted, passage))
        elif not attribute.startswith(GRANTS_TO):
            said |= dict.fromkeys(alter(Change(attribute, wanted, present, passage)))
    yield from said


def redefine(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that replace an object's definition and leave all else as it is."""
    kind = fact.identity.kind
    if kind is Kind.VIEW:
        yield define_view(fact).replace("create view", "create or replace view", 1)
    elif kind is Kind.AGGREGATE:
        text = create(fact, passage)[0]
        yield text.replace("create aggregate", "create or replace aggregate", 1)
    elif kind in ROUTINES:
        yield fact.text("definition").strip()
    else:
        bare = Fact(fact.identity, parent=fact.parent)
        yield from alter(Change("definition", fact, bare, passage))


def copied_state(copy: Fact, passage: Passage) -> Iterator[str]:
    """Yield what sets a partition's copy of a trigger apart from the trigger it is a copy of."""
    original = None if copy.parent is None else passage.wanted.get(copy.parent)
    if original is not None and original.get("enabled") != copy.get("enabled"):
        yield enable(copy)


def _defined_again(wanted: Fact, task: Task, passage: Passage) -> Iterator[str]:
    match wanted.identity.kind:
        case Kind.COLUMN | Kind.DOMAIN:
            if wanted.get("default") is not None:
                yield default_again(wanted)
        case Kind.TRIGGER if is_copy(wanted):
            yield from copied_state(wanted, passage)
        case Kind.POLICY:
            yield _policy(wanted, task, passage)
        case _:
            yield from redefine(wanted, passage)


def _policy(wanted: Fact, task: Task, passage: Passage) -> str:
    clauses = [f"alter {target(wanted)}"]
    if "roles" in task.differing:
        clauses.append(f"to {', '.join(passage.role(role) for role in words(wanted, 'roles'))}")
    for attribute in ("using", "with_check"):
        value = wanted.text(attribute)
        if value and (task.hollow or attribute in task.differing):
            bracketed = value if value.startswith("(") else f"({value})"
            clauses.append(f"{attribute.replace('_', ' ')} {bracketed}")
    return " ".join(clauses)


def _is_covered(kind: Kind, attribute: str) -> bool:
    """Tell whether a new definition brings an attribute along."""
    match kind:
        case Kind.VIEW:
            return attribute == "definition" or attribute.startswith("option ")
        case Kind.TRIGGER | Kind.RULE:
            return attribute in ("definition", "enabled")
        case Kind.COLUMN | Kind.DOMAIN:
            return attribute == "default"
    return is_definition(kind, attribute)


def is_copy(fact: Fact | None) -> bool:
    """Tell whether an object is a partition's copy of a trigger."""
    if fact is None:
        return False
    return fact.parent is not None and fact.parent.kind is fact.identity.kind is Kind.TRIGGER


def _follows_its_table(sequence: Fact, tasks: Tasks) -> bool:
    """Tell whether a sequence gets its owner together with the table whose column owns it."""
    column = sequence.parent
    if sequence.identity.kind is not Kind.SEQUENCE or column is None:
        return False
    table = tasks.get(Identity(Kind.TABLE, column.schema, column.name))
    return table is not None and "owner" in table.differing


def _new_owner(task: Task, tasks: Tasks) -> str:
    """Return the new owner when an object, or the table of a column, changes hands."""
    above: Task | None = task
    if task.identity.kind is Kind.COLUMN and task.wanted is not None:
        above = tasks.get(task.wanted.parent) if task.wanted.parent is not None else None
    if above is None or above.way is not Way.ALTER or "owner" not in above.differing:
        return ""
    return "" if above.wanted is None else above.wanted.text("owner")


def _granted(
    wanted: Fact, present: Fact, task: Task, new_owner: str, passage: Passage
) -> Iterator[str]:
    """Yield grants and revokes, against the privileges that a change of hands left behind."""
    roles = {name.removeprefix(GRANTS_TO) for name in task.differing if name.startswith(GRANTS_TO)}
    if new_owner:
        roles |= {role for role, _ in present.starting_with(GRANTS_TO)}
    has = owned_by(new_owner, {role: parse(present.text(GRANTS_TO + role)) for role in roles})
    roles |= has.keys()
    shall = {role: parse(wanted.text(GRANTS_TO + role)) for role in roles}
    yield from regrant(wanted, passage, has, shall)
    for role in sorted(roles):
        gone = frozenset(has.get(role, {})) - frozenset(shall.get(role, {}))
        yield from _granted_again(wanted, role, gone, passage)


def _granted_again(
    relation: Fact, role: str, gone: frozenset[str], passage: Passage
) -> Iterator[str]:
    """Yield the grants on columns that a revoke from the whole relation takes along."""
    if relation.identity.kind not in _WITH_COLUMNS or not gone:
        return
    for identity in passage.wanted.children.get(relation.identity, ()):
        before, after = passage.present.get(identity), passage.wanted.by_identity[identity]
        if identity.kind is not Kind.COLUMN or before is None:
            continue
        had, keeps = (parse(side.text(GRANTS_TO + role)) for side in (before, after))
        kept = {name: option for name, option in keeps.items() if name in gone and name in had}
        yield from regrant(after, passage, {}, {role: kept} if kept else {})
