"""Create audit.changes, the record of what changed.

Locks:   none on relations that were there before.
Rewrite: none.
Reverse: drops the record with its rows; it cannot be had back.
"""

from toolkit.history import Frozen

revision = "0009"
down_revision = "0008"

FROZEN = Frozen(
    __file__,
    up="d2a7017fe9651ba11fa613884d45a3704512c89b90f76f44798a5d3a4c7ee5db",
    down="e08f913efc02e13bf090385fa2b3fd537fd7b9803e782c8f7007fd191ecc6f68",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
