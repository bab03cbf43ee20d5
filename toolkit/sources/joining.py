"""Joining: what sql/ declares beside what revisions made, of which sql/ changes nothing.

Pure. A routine that a check constraint calls may have had to be dropped to be made anew, and the
constraint with it: nobody asked for that, so the joined facts have it back, and a plan will see to
it. Whether that is true is for the proof to say.
"""

from collections.abc import Mapping
from dataclasses import replace

from toolkit.catalog import ROUTINES, Fact, Facts, Identity, Kind
from toolkit.plan.differences import differing, is_everywhere
from toolkit.sources.bare import is_replaceable
from toolkit.sources.loading import Made
from toolkit.sources.refusal import SourcesRefused


def join(
    base: Facts, found: Facts, made: Mapping[str, tuple[Made, ...]], *, gave_way: bool
) -> tuple[Facts, frozenset[Identity]]:
    """Put the two together.

    Args:
        base: n facts of the database before files were loaded.
        found: m facts of the database with all of them loaded.
        made: what each file made, by its path.
        gave_way: whether something was dropped with all that needed it.

    Returns:
        The facts that are wanted, and what of them is missing in the database. Time O(n + m).

    Raises:
        SourcesRefused: a file makes or changes what only revisions do.
    """
    lost: dict[Identity, Fact] = {}
    for identity, fact in base.own.items():
        present = found.get(identity)
        if is_replaceable(fact):
            continue
        if present is None or _changed(fact, present):
            if not gave_way:
                raise _not_theirs(identity, made, "is changed" if present else "is dropped")
            lost[identity] = _restored(fact, present, found)
    for identity, fact in found.own.items():
        if identity not in base.own and not is_replaceable(fact):
            raise _not_theirs(identity, made, "is made")
    if not lost:
        return found, frozenset()
    facts = Facts.of(
        found.major,
        {**found.by_identity, **lost}.values(),
        migrator=found.migrator,
        blind=found.blind,
    )
    return facts, frozenset(lost)


def _changed(fact: Fact, present: Fact) -> bool:
    kind = fact.identity.kind
    return any(not is_everywhere(kind, name) for name in differing(fact, present))


def _restored(fact: Fact, present: Fact | None, found: Facts) -> Fact:
    """Return what was lost, with the access that files gave and needs that are there."""
    attributes = dict(fact.attributes)
    if present is not None:
        kind = fact.identity.kind
        attributes |= {
            name: value for name, value in present.attributes if is_everywhere(kind, name)
        }
    needs = tuple(sorted({_stand_in(need, found) for need in fact.needs}))
    return replace(fact, attributes=tuple(sorted(attributes.items())), needs=needs)


def _stand_in(need: Identity, found: Facts) -> Identity:
    """Return what took the place of a routine whose arguments changed, where there is only one."""
    if need.kind not in ROUTINES or need in found.by_identity:
        return need
    named = [
        one
        for one in found.by_identity
        if one.kind in ROUTINES and (one.schema, one.name) == (need.schema, need.name)
    ]
    return named[0] if len(named) == 1 else need


def _not_theirs(
    identity: Identity, made: Mapping[str, tuple[Made, ...]], what: str
) -> SourcesRefused:
    relation = {"table": "table", "column": "table"}.get(str(identity.kind), str(identity.kind))
    makers = [
        path
        for path, found in made.items()
        if any(one.type == relation and one.names[-1] == identity.name for one in found)
    ]
    where = f"{makers[0]}: " if makers else ""
    is_ours = identity.kind is not Kind.EXTENSION
    return SourcesRefused(
        f"{where}{identity} {what} by sql/, where only replaceable objects belong",
        detail=f"objects of kind {identity.kind} are made by revisions"
        if is_ours
        else "extensions are made by revisions",
        hint="Put the statement in a file of its own and give that to hephaitos freeze --with.",
    )
