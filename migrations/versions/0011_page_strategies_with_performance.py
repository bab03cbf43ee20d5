"""Create public.get_strategies_with_performance_v2: the dashboard page by page, beside version 1.

Locks:   share on public.strategies while its index is built, so that writers wait. Going down,
         access exclusive on public.strategies; brief.
Rewrite: none; public.strategies is read once for the index.
Reverse: drops the function and the index; version 1 was there all along.
"""

from toolkit.history import Frozen

revision = "0011"
down_revision = "0010"

FROZEN = Frozen(
    __file__,
    up="c35da9bbdfc014a1bbe094bc74f4435e5c5d6ccf737c9dc103ab2f9e448f5e82",
    down="a41a8bffc3f91ce7632014ef98fee8b68626d1752e61ce12e272a55293cbff58",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
