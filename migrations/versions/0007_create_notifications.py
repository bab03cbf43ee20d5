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
    up="6442a69c28e17d3c74ebd84651b6d2b11e36379eeda76511e635a8497295800e",
    down="5feee31ad11fec8be93e2d9b064f43e55cd00bc8fb191f6ff32ebee235acdf7c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
