"""What tables hold, counted; and what of it a way takes with it."""

from collections.abc import Iterator, Mapping

from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.catalog.names import quoted
from toolkit.connect import Connection
from toolkit.review.packet import Loss

Contents = Mapping[Identity, int]


def count_contents(connection: Connection, facts: Facts) -> dict[Identity, int]:
    """Count the rows of every own table, and the values of every column of one.

    Args:
        connection: as a role that sees every row.
        facts: of the same database.

    Returns:
        A number for each table that is no partition, and for each column; one scan a table.
    """
    counts: dict[Identity, int] = {}
    for table in facts.own.values():
        if table.identity.kind is not Kind.TABLE or table.get("partition_of"):
            continue
        columns = [
            fact.identity for fact in facts.contents(table.identity) if _is_column(fact, table)
        ]
        wanted = ", ".join(["count(*)", *(f"count({quoted(one.part)})" for one in columns)])
        query = f"select {wanted} from {table.identity.address}"
        row = connection.execute(query.encode()).fetchone()
        assert row is not None  # an aggregate has a row
        counts |= dict(zip([table.identity, *columns], row, strict=True))
    return counts


def losses(before: Facts, held: Contents, after: Facts, left: Contents) -> tuple[Loss, ...]:
    """Say what a way takes with it.

    Args:
        before: the facts at its beginning.
        held: what there was.
        after: the facts at its end.
        left: what is left.
    """
    return tuple(sorted(_losses(before, held, after, left), key=lambda loss: loss.identity))


def _losses(before: Facts, held: Contents, after: Facts, left: Contents) -> Iterator[Loss]:
    for identity, rows in held.items():
        table = Identity(Kind.TABLE, identity.schema, identity.name)
        is_table = identity == table
        if not is_table and after.get(table) is None:
            continue  # the table says it
        found = after.get(identity)
        if found is None:
            yield Loss(identity, "dropped", rows)
            continue
        was, by_now = before.by_identity[identity].text("type"), found.text("type")
        if was != by_now:
            yield Loss(identity, f"from {was} to {by_now}", rows)
        gone = rows - left.get(identity, 0)
        if gone > 0 and (is_table or held[table] == left.get(table)):
            yield Loss(identity, "rows deleted" if is_table else "set to null", gone)


def _is_column(fact: Fact, table: Fact) -> bool:
    return fact.identity.kind is Kind.COLUMN and fact.parent == table.identity
