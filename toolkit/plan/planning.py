"""Planning: which objects differ, and the statements that take the difference away, in order.

Pure.
"""

from collections.abc import Iterator, Mapping

from toolkit.catalog import GRANTS_TO, ROUTINES, Fact, Facts, Identity, Kind
from toolkit.catalog.ddl import Change, Passage, Unwritable, alter, create, remove
from toolkit.catalog.order import creation_order
from toolkit.plan.model import Action, Plan, Statement, Strategy, Unplanned

_PLANNED = ROUTINES | {Kind.VIEW, Kind.TRIGGER, Kind.POLICY, Kind.RULE}
_EVERYWHERE = ("owner", "comment", GRANTS_TO)
_NO_STRATEGIES: Mapping[str, Strategy] = {}


def make_plan(
    before: Facts, after: Facts, *, strategies: Mapping[str, Strategy] = _NO_STRATEGIES
) -> Plan:
    """Plan the way from one database to another.

    Args:
        before: n facts of the database that the plan is for.
        after: m facts of what it shall be like.
        strategies: how a materialized view is replaced, by its address; by swap when not named.

    Returns:
        The statements, and by name every difference that they leave.
    """
    del strategies
    passage = Passage(present=before, wanted=after)
    statements: list[Statement] = []
    unplanned: list[Unplanned] = []
    for extra in reversed(creation_order(_only_in(before, after))):
        if extra.identity.kind in _PLANNED:
            statements += _said(extra, Action.DROP, remove(extra, passage))
        else:
            unplanned.append(Unplanned(extra.identity, "", "shall go"))
    for missing in creation_order(_only_in(after, before)):
        if missing.identity.kind in _PLANNED:
            statements += _said(missing, Action.CREATE, create(missing, passage))
        else:
            unplanned.append(Unplanned(missing.identity, "", "is missing"))
    for fact in creation_order(after.objects.values()):
        if (present := before.get(fact.identity)) is not None:
            changes = tuple(_changes(fact, present, passage))
            statements += [one for one in changes if isinstance(one, Statement)]
            unplanned += [one for one in changes if isinstance(one, Unplanned)]
    unique = dict.fromkeys(statements)
    return Plan(tuple(unique), tuple(sorted(unplanned, key=lambda one: one.identity)))


def _changes(fact: Fact, present: Fact, passage: Passage) -> Iterator[Statement | Unplanned]:
    for attribute in _differing(present, fact):
        if fact.identity.kind not in _PLANNED and not attribute.startswith(_EVERYWHERE):
            yield Unplanned(fact.identity, attribute, "differs")
            continue
        try:
            yield from _said(fact, Action.ALTER, alter(Change(attribute, fact, present, passage)))
        except Unwritable as reason:
            yield Unplanned(fact.identity, attribute, str(reason))


def _only_in(one: Facts, other: Facts) -> list[Fact]:
    return [fact for identity, fact in one.objects.items() if other.get(identity) is None]


def _differing(present: Fact, wanted: Fact) -> list[str]:
    has, shall = dict(present.attributes), dict(wanted.attributes)
    return sorted(name for name in has.keys() | shall.keys() if has.get(name) != shall.get(name))


def _said(fact: Fact, action: Action, sql: tuple[str, ...]) -> Iterator[Statement]:
    identity: Identity = fact.identity
    return (Statement(identity, action, text) for text in sql)
