"""Create public.backtest_jobs.

Locks:   share row exclusive on public.strategies for its foreign key; brief. Going down, access
         exclusive on public.strategies; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0003"
down_revision = "0002"

FROZEN = Frozen(
    __file__,
    up="546c240115be2c5a7626a2b0a450e9246f3b9c7fef3a9fc9f51a777c8e37c5d0",
    down="e6152b049a205e4cf9b28fe6699a3d270ef358539934afe9b4738896369ba01f",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
