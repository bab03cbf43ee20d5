"""What all statements share: the two sides of a passage, roles by name, objects as SQL names them.

Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.catalog.facts import MIGRATOR, Fact, Facts, Identity, Kind
from toolkit.catalog.names import literal, qualified, quoted

PUBLIC = "public"
OWNER = "@owner"


class Unwritable(Exception):
    """No statement brings this about; the message says why, for whoever must do it by hand."""


@dataclass(frozen=True, slots=True)
class Passage:
    """From the facts that are there to the facts that are wanted.

    Args:
        present: the database that the statements are for.
        wanted: what it shall be like.
    """

    present: Facts
    wanted: Facts

    def role(self, name: str, owner: str = "") -> str:
        """Return a role as SQL spells it.

        Args:
            name: as facts name it.
            owner: who OWNER stands for.
        """
        if name == OWNER:
            name = owner
        if name == MIGRATOR:
            return quoted(self.present.migrator)
        return PUBLIC if name == PUBLIC else quoted(name)

    def columns(self, fact: Fact) -> Iterator[Fact]:
        """Yield the wanted columns of a table or composite type, in their order."""
        order = fact.get("column_order")
        for name in order if isinstance(order, tuple) else ():
            identity = Identity(Kind.COLUMN, fact.identity.schema, fact.identity.name, name)
            if (column := self.wanted.get(identity)) is not None:
                yield column


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute of one object that shall have another value.

    Args:
        attribute: its name.
        wanted: the object as it shall be.
        present: the object as it is.
        passage: both sides.
    """

    attribute: str
    wanted: Fact
    present: Fact
    passage: Passage

    @property
    def value(self) -> str:
        """The wanted value as text, empty when the attribute shall be absent."""
        return self.wanted.text(self.attribute)


def target(fact: Fact) -> str:
    """Return an object as COMMENT ON and DROP name it: its kind and its address."""
    identity = fact.identity
    match identity.kind:
        case Kind.TRIGGER | Kind.POLICY | Kind.RULE:
            return f"{identity.kind} {quoted(identity.part)} on {relation(identity)}"
        case Kind.CONSTRAINT:
            domain = "domain " if is_of_domain(fact) else ""
            return f"constraint {quoted(identity.part)} on {domain}{relation(identity)}"
        case Kind.AGGREGATE:
            return f"aggregate {aggregate_address(fact)}"
        case Kind.UNMODELLED:
            raise Unwritable("the toolkit does not model this kind of object")
    return f"{identity.kind} {identity.address}"


def relation(identity: Identity) -> str:
    """Return the address of the relation, type or domain that an object is part of."""
    return qualified(identity.schema, identity.name)


def alter_relation(fact: Fact) -> str:
    """Return how to begin a statement that alters what a column or constraint is part of."""
    if is_of_domain(fact):
        return f"alter domain {relation(fact.identity)}"
    if fact.parent is not None and fact.parent.kind in (Kind.TYPE, Kind.VIEW):
        return f"alter {fact.parent.kind} {relation(fact.identity)}"
    return f"alter table {relation(fact.identity)}"


def is_of_domain(fact: Fact) -> bool:
    """Tell whether a constraint is a domain's."""
    return fact.parent is not None and fact.parent.kind is Kind.DOMAIN


def aggregate_address(fact: Fact) -> str:
    """Return an aggregate with its arguments, a star when it takes none."""
    identity = fact.identity
    arguments = fact.text("arguments") or "*"
    return f"{qualified(identity.schema, identity.name)}({arguments})"


def comment(fact: Fact) -> str:
    """Return the statement that gives an object its comment, or takes it away."""
    text = fact.get("comment")
    return f"comment on {target(fact)} is {'null' if text is None else literal(str(text))}"


def words(fact: Fact, attribute: str) -> tuple[str, ...]:
    """Return an attribute that is a list, empty when it is absent."""
    value = fact.get(attribute)
    return value if isinstance(value, tuple) else ()
