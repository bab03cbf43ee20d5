"""Answer the dashboard and ask for a backtest with less inside.

Locks:   none.
Rewrite: none.
Reverse: 3 functions changed, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0038"
down_revision = "0037"

FROZEN = Frozen(
    __file__,
    up="1825b75f042dc3e46296521458615f65d15421ed8d371ab44cf0e941ad610f28",
    down="9efda50a18280a73b5c0afe4894622e76dcd161d8aa50fcebf3d1f11f86eaaf6",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
