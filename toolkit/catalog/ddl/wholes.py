"""Objects with all that is in them: a table with its constraints, a schema with its tables.

Pure.
"""

from collections.abc import Iterator

from toolkit.catalog.ddl.creation import create
from toolkit.catalog.ddl.removal import remove
from toolkit.catalog.ddl.statements import Passage, Unwritable
from toolkit.catalog.facts import Fact, Identity, Kind
from toolkit.catalog.order import creation_order

_NAMED = 3


def create_whole(fact: Fact, passage: Passage) -> tuple[str, ...]:
    """Return the statements that make an object and everything that is in it, in order.

    Raises:
        Unwritable: a part of it cannot be made.
    """
    whole = [fact, *passage.wanted.contents(fact.identity)]
    made: set[Identity] = set()
    statements: list[str] = []
    for part in creation_order(whole):
        statements += create(part, passage, within=part.parent in made)
        made.add(part.identity)
    return (*statements, *_given_sequences(whole))


def rebuild(fact: Fact, passage: Passage) -> tuple[str, ...]:
    """Return the statements that drop an object and make it again as it is wanted.

    Raises:
        Unwritable: something else needs it, and would have to be rebuilt too.
    """
    present = passage.present.get(fact.identity)
    if present is None:
        return create_whole(fact, passage)
    inside = {part.identity for part in passage.present.contents(fact.identity)}
    users = [
        user
        for identity in (fact.identity, *sorted(inside))
        for user in passage.present.users.get(identity, ())
        if user not in inside and user != fact.identity
    ]
    if users:
        raise Unwritable(f"it has to be rebuilt together with what needs it: {_some(users)}")
    return (*remove(present, passage), *create_whole(fact, passage))


def _given_sequences(whole: list[Fact]) -> Iterator[str]:
    for fact in whole:
        owner = fact.text("owned_by")
        if fact.identity.kind is Kind.SEQUENCE and owner and not fact.get("identity"):
            yield f"alter sequence {fact.identity.address} owned by {owner}"


def _some(identities: list[Identity]) -> str:
    named = sorted({str(identity) for identity in identities})
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
