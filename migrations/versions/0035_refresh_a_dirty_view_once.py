"""Refresh a dirty view once however many runs find it due.

Locks:   none.
Rewrite: none.
Reverse: 1 function dropped, 1 function made, 1 procedure changed, 1 procedure dropped, 1 procedure
         made, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0035"
down_revision = "0034"

FROZEN = Frozen(
    __file__,
    up="c5a8f28896c0a51f849ed7bfa9cc09323b4e32743c0922417b9101aff5d93400",
    down="e4fa6e5f7ccdf6e89c842e82d2a2a8545871b23700a1e95423f8d09b3118291d",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
