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
    up="63b5b8b97a4eff25079823f325672747df90b11de37295110d85b2d509765aae",
    down="07166046179f2a5c6a7f365ed19f5a5c3bd142daec5e15e9a06f1660ac6fbe70",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
