"""Objects with all that is in them: a table with its constraints, a schema with its tables.

Pure.
"""

from collections.abc import Iterable, Iterator

from toolkit.catalog.ddl.creation import create
from toolkit.catalog.ddl.removal import remove
from toolkit.catalog.ddl.statements import Passage, Unwritable
from toolkit.catalog.ddl.tables import replica_identity_clause
from toolkit.catalog.facts import Fact, Identity
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
    return (*statements, *completion(whole))


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


def completion(made: Iterable[Fact]) -> Iterator[str]:
    """Yield what can only be said of new objects when all that they need is there too.

    A sequence stands before the column that owns it, a table before the index that identifies its
    rows.
    """
    for fact in made:
        owner, replica_identity = fact.text("owned_by"), fact.text("replica_identity")
        if owner and not fact.get("identity"):
            yield f"alter sequence {fact.identity.address} owned by {owner}"
        if replica_identity:
            yield f"alter table {fact.identity.address} {replica_identity_clause(replica_identity)}"


def _some(identities: list[Identity]) -> str:
    named = sorted({str(identity) for identity in identities})
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
