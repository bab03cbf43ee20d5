"""Derive notifications.read_at by the server's clock: a device that is late was refused.

Locks:   share row exclusive on public.notifications, for its trigger; brief. Going down, access
         exclusive on public.notifications; brief.
Rewrite: none; times that are there stay.
Reverse: drops the trigger and its function.
"""

from toolkit.history import Frozen

revision = "0018"
down_revision = "0017"

FROZEN = Frozen(
    __file__,
    up="6d2fe561968351ff45f91ab527b41480cef865d41e39d232419c3306a337fa6d",
    down="eecfaeea2ee3c4f6e7ca23dc0f39bc8759dfd14a4040e40477cff025de1d6c05",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
