"""The tables as an ORM would map them: what a web application in Python would have written.

Only what the workloads read; the curve of a result stays in the database until somebody asks.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Model(DeclarativeBase):
    """The parent of the mapped tables."""


class Strategy(Model):
    """public.strategies."""

    __tablename__ = "strategies"
    __table_args__ = ({"schema": "public"},)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    results: Mapped[list["BacktestResult"]] = relationship(viewonly=True)


class BacktestResult(Model):
    """public.backtest_results."""

    __tablename__ = "backtest_results"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "strategy_id"], ["public.strategies.user_id", "public.strategies.id"]
        ),
        {"schema": "public"},
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    strategy_id: Mapped[UUID]
    total_return: Mapped[Decimal]
    cagr: Mapped[Decimal | None]
    sharpe_ratio: Mapped[Decimal | None]
    created_at: Mapped[datetime]
    equity_curve: Mapped[Any] = mapped_column(JSONB, deferred=True)
