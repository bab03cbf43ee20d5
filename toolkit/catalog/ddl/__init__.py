"""Facts as SQL: the statements that make, change and remove one object.

Pure. Nothing here decides an order between objects; see toolkit.catalog.order.
"""

from toolkit.catalog.ddl.alteration import alter
from toolkit.catalog.ddl.creation import create
from toolkit.catalog.ddl.removal import remove
from toolkit.catalog.ddl.statements import Change, Passage, Unwritable
from toolkit.catalog.ddl.wholes import completion, create_whole, rebuild

__all__ = [
    "Change",
    "Passage",
    "Unwritable",
    "alter",
    "completion",
    "create",
    "create_whole",
    "rebuild",
    "remove",
]
