"""Create the schemas internal and audit, and public.profiles.

Locks:   share row exclusive on auth.users for its foreign key; brief. Going down, access exclusive
         on auth.users; brief.
Rewrite: none.
Reverse: drops the table with its rows, the schemas, and gives new functions back to PUBLIC.
"""

from toolkit.history import Frozen

revision = "0001"
down_revision = None

FROZEN = Frozen(
    __file__,
    up="2f1ef91c2f81f901616bb8f782ce21b25bc7691d25adfdab798c18fcfee0f549",
    down="218b02b114487d0912b7d2b937b1da1cc1b4136ce22f4f146058f27bf5a3a623",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
