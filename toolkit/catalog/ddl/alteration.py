"""Changing one attribute of an object: ALTER where there is one, else a replacement.

Pure.
"""

import re
from collections.abc import Callable

from toolkit.catalog.ddl import programs, relations
from toolkit.catalog.ddl.creation import enable
from toolkit.catalog.ddl.privileges import hand_over, parse, regrant
from toolkit.catalog.ddl.roles import change_setting
from toolkit.catalog.ddl.statements import (
    Change,
    Unwritable,
    alter_relation,
    comment,
    target,
    words,
)
from toolkit.catalog.ddl.wholes import rebuild
from toolkit.catalog.facts import GRANTS_TO, ROUTINES, Kind
from toolkit.catalog.names import literal, quoted

_Changer = Callable[[Change], tuple[str, ...]]


def alter(change: Change) -> tuple[str, ...]:
    """Return the statements that give one attribute of an object its wanted value.

    Raises:
        Unwritable: no statement does it, or not without rebuilding other objects.
    """
    kind, attribute = change.wanted.identity.kind, change.attribute
    if attribute == "owner":
        return _owner(change)
    if attribute == "comment":
        return (comment(change.wanted),)
    if attribute == "enabled":
        return (enable(change.wanted),)
    if attribute.startswith(GRANTS_TO):
        return _grants(change)
    if attribute.startswith("setting") and kind not in ROUTINES:
        return (change_setting(attribute, change.wanted, change.passage),)
    if attribute.startswith(("option ", "toast option ")):
        return (_option(change),)
    if (changer := _CHANGERS.get(kind)) is None:
        raise Unwritable("the toolkit does not model this kind of object")
    return changer(change)


def _owner(change: Change) -> tuple[str, ...]:
    wanted = change.wanted
    if wanted.identity.kind is Kind.SEQUENCE and wanted.get("owned_by"):
        raise Unwritable("it follows the owner of its table")
    if wanted.identity.kind is Kind.EXTENSION:
        raise Unwritable("an extension's owner cannot be changed")
    return tuple(hand_over(wanted, change.passage))


def _grants(change: Change) -> tuple[str, ...]:
    role = change.attribute.removeprefix(GRANTS_TO)
    has, shall = parse(change.present.text(change.attribute)), parse(change.value)
    return tuple(regrant(change.present, change.passage, {role: has}, {role: shall}))


def _option(change: Change) -> str:
    family, _, name = change.attribute.rpartition(" ")
    if family.startswith("toast"):
        name = f"toast.{name}"
    what = f"set ({name}={literal(change.value)})" if change.value else f"reset ({name})"
    if change.wanted.identity.kind is Kind.COLUMN:
        what = f"alter column {quoted(change.wanted.identity.part)} {what}"
        return f"{alter_relation(change.wanted)} {what}"
    return f"alter {target(change.wanted)} {what}"


def _schema(change: Change) -> tuple[str, ...]:
    raise Unwritable(f"no statement changes its {change.attribute}")


def _extension(change: Change) -> tuple[str, ...]:
    head = f"alter extension {change.wanted.identity.address}"
    if change.attribute == "schema":
        return (f"{head} set schema {change.value}",)
    if _version(change.value) < _version(change.present.text("version")):
        raise Unwritable("an extension has no way back to an older version")
    return (f"{head} update to {quoted(change.wanted.text('version'))}",)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _type(change: Change) -> tuple[str, ...]:
    if change.attribute != "labels":
        return rebuild(change.wanted, change.passage)
    shall, has = words(change.wanted, "labels"), words(change.present, "labels")
    if tuple(label for label in shall if label in has) != has:
        raise Unwritable("a label cannot be taken from an enum, nor moved")
    return tuple(_labels(change.wanted.identity.address, shall, has))


def _labels(address: str, shall: tuple[str, ...], has: tuple[str, ...]) -> list[str]:
    there = set(has)
    statements = []
    for position, label in enumerate(shall):
        if label in there:
            continue
        following = next((other for other in shall[position + 1 :] if other in there), None)
        before = f" before {literal(following)}" if following is not None else ""
        statements.append(f"alter type {address} add value {literal(label)}{before}")
        there.add(label)
    return statements


def _domain(change: Change) -> tuple[str, ...]:
    head = f"alter domain {change.wanted.identity.address}"
    match change.attribute:
        case "default":
            value = change.wanted.text("default")
            return (f"{head} set default {value}" if value else f"{head} drop default",)
        case "not_null":
            return (f"{head} {'set' if change.wanted.get('not_null') else 'drop'} not null",)
    return rebuild(change.wanted, change.passage)


_CHANGERS: dict[Kind, _Changer] = {
    Kind.ROLE: programs.role,
    Kind.MEMBERSHIP: programs.membership,
    Kind.SCHEMA: _schema,
    Kind.EXTENSION: _extension,
    Kind.TYPE: _type,
    Kind.DOMAIN: _domain,
    Kind.SEQUENCE: relations.sequence,
    Kind.TABLE: relations.table,
    Kind.COLUMN: relations.column,
    Kind.CONSTRAINT: relations.constraint,
    Kind.INDEX: relations.index,
    Kind.STATISTICS: relations.statistics,
    Kind.FUNCTION: programs.routine,
    Kind.PROCEDURE: programs.routine,
    Kind.AGGREGATE: programs.routine,
    Kind.VIEW: relations.view,
    Kind.MATERIALIZED_VIEW: relations.view,
    Kind.RULE: programs.rule,
    Kind.TRIGGER: programs.trigger,
    Kind.POLICY: programs.policy,
    Kind.EVENT_TRIGGER: programs.event_trigger,
    Kind.PUBLICATION: programs.publication,
    Kind.PUBLICATION_MEMBER: programs.publication_member,
    Kind.CRON_JOB: programs.job,
}
