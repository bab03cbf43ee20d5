"""Show what differs in a change, and every version of a row.

Locks:   none on any table.
Rewrite: none.
Reverse: drops the view and the functions; they hold nothing.
"""

from toolkit.history import Frozen

revision = "0031"
down_revision = "0030"

FROZEN = Frozen(
    __file__,
    up="4cf602eb3071774c918bbc73d404313d9c0e167930110839cd49b900e699de9a",
    down="6ad60f0f11e98c0676803a9f136cbe0c2ab4b48a05d920f74f4e0cde2741e548",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
