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
    up="dc885f66393046c4e8deed24f02203065979074d8be2aec571059c9736b8e34e",
    down="7a84ca3b4ac1ceaaa662911b42932ea8e1d88625cd99ba4553d0bac2f76ec46c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
