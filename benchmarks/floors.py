"""Floors: a table that holds the very answer, with an index that finds it.

One select from it is the least that any road to the answer can cost: one round trip, and the
pages that hold the answer. Made by a superuser in a scratch database, in a schema of its own.
"""

from psycopg import sql

from toolkit.connect import Connection


def hold(connection: Connection, table: str, query: str, key: tuple[str, ...]) -> None:
    """Keep the rows of a query, every user's, in the order of an index on `key`.

    Args:
        connection: as a superuser, in autocommit.
        table: its name in schema floor; one that is there already goes.
        query: the answers of everybody, ordered like the key.
        key: the columns that a question names, then those it is ordered by.
    """
    name = sql.Identifier("floor", table)
    order = sql.SQL(", ").join(map(sql.SQL, key))
    for statement in (
        sql.SQL("create schema if not exists floor"),
        sql.SQL("grant usage on schema floor to authenticated"),
        sql.SQL("drop table if exists {}").format(name),
        sql.SQL("create table {} as ").format(name) + sql.SQL(query),
        sql.SQL("create index on {} ({})").format(name, order),
        sql.SQL("grant select on {} to authenticated").format(name),
        # All visible, so that an index alone may answer; packed, so that no page is half empty.
        sql.SQL("vacuum (freeze, analyze) {}").format(name),
    ):
        connection.execute(statement)
