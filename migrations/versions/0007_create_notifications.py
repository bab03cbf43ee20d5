"""Create public.notifications.

Locks:   share row exclusive on public.profiles for its foreign key; brief. Going down, access
         exclusive on public.profiles; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0007"
down_revision = "0006"

FROZEN = Frozen(
    __file__,
    up="6b143f61386c2a108bc21ec5b2815993d882a1e192cf16f7aab2f13ffcfd90a7",
    down="aba449f75591498cf97151ddf218f575fe3c5caa1bedadef973b81330825916a",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
