"""Spell out the casts of the record.

Locks:   none.
Rewrite: none.
Reverse: 3 functions changed, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0039"
down_revision = "0038"

FROZEN = Frozen(
    __file__,
    up="984544d07c51e003f904bb4e88408fa972a857c5a028bc2aa6f35d54651b3ee5",
    down="88ae93a1cda1dc47950acbecb92cf33cf8450b79791f0021f1ee8f9e1c65def1",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
