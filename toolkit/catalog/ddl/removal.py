"""Removing an object: DROP, never with CASCADE.

Pure.
"""

from toolkit.catalog.ddl.privileges import built_in, grants_of, regrant
from toolkit.catalog.ddl.roles import remove_job, remove_membership
from toolkit.catalog.ddl.statements import Passage, Unwritable, alter_relation, target
from toolkit.catalog.facts import Fact, Kind
from toolkit.catalog.names import qualified, quoted


def remove(fact: Fact, passage: Passage) -> tuple[str, ...]:
    """Return the statements that remove an object, which fail when another still needs it.

    Args:
        fact: the object, from the side that is present.
        passage: both sides.

    Raises:
        Unwritable: no statement removes it, or the toolkit must not.
    """
    identity = fact.identity
    if (reason := _why_not(fact)) is not None:
        raise Unwritable(reason)
    match identity.kind:
        case Kind.MEMBERSHIP:
            return (remove_membership(fact, passage),)
        case Kind.CRON_JOB:
            return tuple(remove_job(fact, passage))
        case Kind.DEFAULT_PRIVILEGES:
            fresh = {} if identity.schema else built_in(identity.part, passage)
            return tuple(regrant(fact, passage, grants_of(fact), fresh))
        case Kind.COLUMN:
            is_composite = fact.parent is not None and fact.parent.kind is Kind.TYPE
            word = "attribute" if is_composite else "column"
            return (f"{alter_relation(fact)} drop {word} {quoted(identity.part)}",)
        case Kind.CONSTRAINT:
            return (f"{alter_relation(fact)} drop constraint {quoted(identity.part)}",)
        case Kind.PUBLICATION_MEMBER:
            kind, _, address = identity.part.partition(" ")
            what = f"table only {address}" if kind == "table" else f"tables in schema {address}"
            return (f"alter publication {qualified('', identity.name)} drop {what}",)
    return (f"drop {target(fact)}",)


def _why_not(fact: Fact) -> str | None:
    kind = fact.identity.kind
    if kind is Kind.ROLE:
        return "roles belong to the cluster, where others may need them"
    if kind is Kind.COLUMN and fact.get("type") is None:
        return "a view's column goes with the view"
    if kind is Kind.INDEX and fact.parent is not None and fact.parent.kind is Kind.CONSTRAINT:
        return "it goes with its constraint"
    if kind is Kind.SEQUENCE and fact.get("identity"):
        return "it goes with its identity column"
    return None
