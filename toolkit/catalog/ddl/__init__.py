"""Facts as SQL: the statements that make, change and remove one object.

Pure. Nothing here decides an order between objects; see toolkit.catalog.order.
"""

from toolkit.catalog.ddl.alteration import alter
from toolkit.catalog.ddl.creation import create, define_view, enable, finish, state
from toolkit.catalog.ddl.privileges import grants_of, owned_by, regrant
from toolkit.catalog.ddl.removal import remove
from toolkit.catalog.ddl.statements import (
    Change,
    Passage,
    Unwritable,
    alter_relation,
    comment,
    target,
    words,
)
from toolkit.catalog.ddl.wholes import completion, create_whole, rebuild

__all__ = [
    "Change",
    "Passage",
    "Unwritable",
    "alter",
    "alter_relation",
    "comment",
    "completion",
    "create",
    "create_whole",
    "define_view",
    "enable",
    "finish",
    "grants_of",
    "owned_by",
    "rebuild",
    "regrant",
    "remove",
    "state",
    "target",
    "words",
]
