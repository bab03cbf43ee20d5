"""Create public.get_strategies_with_performance: a dashboard in one call.

Locks:   none.
Rewrite: none.
Reverse: drops the function and its guard.
"""

from toolkit.history import Frozen

revision = "0006"
down_revision = "0005"

FROZEN = Frozen(
    __file__,
    up="6e852db062671afd73a1eead40824adfd2ace2b8efd68a9a41f06a4f9a230b4f",
    down="e13e00ac3a85c512425049d13230fe3d4f5c81e89aa5e627aa4903ee407f262c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
