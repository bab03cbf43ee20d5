"""Create public.get_strategies_with_performance: a dashboard in one call.

Locks:   none on tables.
Rewrite: none.
Reverse: drops the function and its guard.
"""

from toolkit.history import Frozen

revision = "0006"
down_revision = "0005"

FROZEN = Frozen(
    __file__,
    up="a7cef0b642138d40068bff72413bbfeab320929d1fe22cd20c63429c920298b2",
    down="7a84ca3b4ac1ceaaa662911b42932ea8e1d88625cd99ba4553d0bac2f76ec46c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
