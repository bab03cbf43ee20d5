"""Qualify the types in the bodies of three functions: a caller's temporary type came before them.

Locks:   none on any table; whoever calls one of the functions goes on with the one they began.
Rewrite: none.
Reverse: brings the bodies back as they were.
"""

from toolkit.history import Frozen

revision = "0019"
down_revision = "0018"

FROZEN = Frozen(
    __file__,
    up="4a7a586e6d30c8bdcc93ec53afb427a5ab986db83e8ac3951108b821965bb4e0",
    down="8b3b18fee31dcd5814b010d60094bd4bc2a03c1232547d76f50c649470014733",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
