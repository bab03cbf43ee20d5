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
    up="692fe933ca3ac74bb6ea8deee0cfb77555989b9f4f383c3c3d75cf833327e454",
    down="83233299c9382c202999984d2388b8df742e9e73197070d0e4acfe5c4cae3201",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
