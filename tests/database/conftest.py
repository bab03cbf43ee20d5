"""The tenant's world: people, their strategies, jobs and results, and acting as one of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import Connection, DatabaseError, IntegrityError, sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.verify.identity import as_role

Rows = list[TupleRow]

# The totals that strategy_stats has to hold, counted the long way.
AGGREGATE = """
    select
        user_id, strategy_id, count(*), count(sharpe_ratio), coalesce(sum(sharpe_ratio), 0),
        count(cagr), coalesce(sum(cagr), 0), sum(total_return), max(created_at)
    from public.backtest_results
    group by user_id, strategy_id
"""
STATS = """
    select
        user_id, strategy_id, backtest_count, sharpe_count, sharpe_total, cagr_count, cagr_total,
        return_total, last_backtest_at
    from public.strategy_stats
"""


@dataclass(frozen=True, slots=True)
class World:
    """A migrated database to fill and to look at.

    Args:
        connection: as migrator, who is past every policy.
    """

    connection: Connection[TupleRow]

    def rows(self, query: str, *parameters: object) -> Rows:
        """Return all rows of a query."""
        return self.connection.execute(query.encode(), parameters or None).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        """Return the only value of a query that has one."""
        ((found,),) = self.rows(query, *parameters)
        return found

    def run(self, statement: str, *parameters: object) -> int:
        """Execute a statement and return how many rows it touched."""
        return self.connection.execute(statement.encode(), parameters or None).rowcount

    def sign_up(self, **profile: object) -> UUID:
        """Make a person who can sign in, with a profile."""
        user_id = uuid4()
        self.run("insert into auth.users (id) values (%s)", user_id)
        self.insert("profiles", id=user_id, **profile)
        return user_id

    def strategy(self, user_id: UUID, **columns: object) -> UUID:
        """Make a strategy."""
        return self._new("strategies", user_id=user_id, **{"name": "momentum", **columns})

    def job(self, user_id: UUID, strategy_id: UUID, **columns: object) -> UUID:
        """Make a queued job."""
        return self._new("backtest_jobs", user_id=user_id, strategy_id=strategy_id, **columns)

    def result(self, user_id: UUID, strategy_id: UUID, **columns: object) -> UUID:
        """Make a result, imported unless a job is given."""
        figures: dict[str, object] = {"total_return": 1, "max_drawdown": 1, "total_trades": 1}
        return self._new(
            "backtest_results", user_id=user_id, strategy_id=strategy_id, **{**figures, **columns}
        )

    def trade(self, user_id: UUID, backtest_id: UUID, **columns: object) -> None:
        """Make a trade of a backtest, its first unless numbered otherwise."""
        deal = {"executed_at": "2026-01-01", "trade_no": 1, "symbol": "BTC-USD", "side": "buy"}
        self.insert(
            "trades",
            user_id=user_id,
            backtest_id=backtest_id,
            **{**deal, "quantity": 1, "price": 43_000, **columns},
        )

    def notification(self, user_id: UUID, **columns: object) -> UUID:
        """Make a notification nobody has read."""
        return self._new(
            "notifications", user_id=user_id, **{"kind": "hello", "title": "Hello", **columns}
        )

    def export(self, user_id: UUID, **columns: object) -> UUID:
        """Make an export, with a file of its own where its status has one."""
        export_id = uuid4()
        if columns.get("byte_count") is not None:
            columns = {"path": f"{user_id}/{export_id}.csv", **columns}
        return self._new("exports", id=export_id, user_id=user_id, **columns)

    def furnish(self) -> UUID:
        """Make a person who owns a row in every table."""
        user_id = self.sign_up()
        strategy = self.strategy(user_id)
        self.trade(user_id, self.result(user_id, strategy, job_id=self.job(user_id, strategy)))
        self.notification(user_id)
        self.export(user_id)
        return user_id

    def rank(self) -> None:
        """Make one public strategy that is good enough for the ranking, and refresh that."""
        user_id = self.furnish()
        strategy = self.strategy(user_id, is_public=True)
        for _ in range(3):
            self.result(user_id, strategy, sharpe_ratio=1, cagr=1)
        self.run("refresh materialized view internal.strategy_performance_agg")

    def insert(self, table: str, **columns: object) -> None:
        """Insert one row into a table of public."""
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("public", table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(map(sql.Placeholder, columns)),
            ),
            {name: adapted(value) for name, value in columns.items()},
        )

    def violated(self, statement: str, *parameters: object) -> str | None:
        """Return the name of the constraint that refuses a statement; one has to."""
        with (
            pytest.raises(IntegrityError) as refused,
            self.connection.transaction(force_rollback=True),
        ):
            self.run(statement, *parameters)
        return refused.value.diag.constraint_name

    def refused(
        self, role: str, sub: UUID | None, statement: str, *parameters: object
    ) -> tuple[str | None, ...]:
        """Return code, message, detail and hint of the error that answers a caller; one has to."""
        with pytest.raises(DatabaseError) as refused, self.acting_as(role, sub):
            self.rows(statement, *parameters)
        said = refused.value.diag
        return said.sqlstate, said.message_primary, said.message_detail, said.message_hint

    def let_everybody_pass(self) -> None:
        """Break the guard of the API's functions, so that the policies have to hold alone."""
        self.run(
            """
            create or replace function internal.can_act_for(p_user_id uuid) returns boolean
            language sql stable security invoker begin atomic select true; end
            """
        )

    def stats_off(self) -> Rows:
        """Return what strategy_stats holds beside or instead of the aggregate; empty is right."""
        return self.rows(
            f"(({STATS}) except all ({AGGREGATE})) union all (({AGGREGATE}) except all ({STATS}))"
        )

    def acting_as(self, role: str, sub: UUID | str | None = None) -> AbstractContextManager[object]:
        """Be a caller of the API for the length of a block, of which nothing stays."""
        return as_role(self.connection, role, sub)

    def _new(self, table: str, **columns: object) -> UUID:
        row_id = columns.pop("id", None) or uuid4()
        assert isinstance(row_id, UUID)
        self.insert(table, id=row_id, **columns)
        return row_id


def adapted(value: object) -> object:
    """Wrap what psycopg would not send as jsonb by itself."""
    return Jsonb(value) if isinstance(value, dict | list) else value


@pytest.fixture
def world(database: Connection[TupleRow]) -> World:
    """Return a world that is rolled back afterwards."""
    return World(database)


@pytest.fixture
def open_world(own_database: Database) -> Iterator[Callable[[], World]]:
    """Return what opens one more connection to a world of the test's own, where all commits."""
    with ExitStack() as stack:

        def open_one() -> World:
            return World(stack.enter_context(connect(own_database.url)))

        yield open_one


@pytest.fixture(scope="module")
def module_world(server: Server, template: str) -> Iterator[Callable[[], World]]:
    """Return what opens one more connection to a world that a whole module commits to."""
    with clone(server, template) as database, ExitStack() as stack:

        def open_one() -> World:
            return World(stack.enter_context(connect(database.url)))

        yield open_one
