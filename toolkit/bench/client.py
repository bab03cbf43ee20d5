"""One session under measurement, seen by plain SQL and by an ORM alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import sqlalchemy
from sqlalchemy.orm import Session

from toolkit.connect import Connection, engine


@dataclass(frozen=True, slots=True)
class Client:
    """One connection with two faces.

    Being one, no variant gains by another's identity, prepared plans or warm catalog cache.

    Args:
        connection: psycopg's face, in autocommit.
        orm: SQLAlchemy's face; it begins no transaction either.
    """

    connection: Connection
    orm: sqlalchemy.Connection

    def session(self) -> Session:
        """Return an ORM session that remembers nothing of earlier calls."""
        return Session(bind=self.orm)


@contextmanager
def open_client(url: str) -> Iterator[Client]:
    """Open a session for the length of a block.

    Args:
        url: where to; a relay's URL puts the relay between.
    """
    database = engine(url, autocommit=True)
    try:
        with database.connect() as orm:
            yield Client(cast("Connection", orm.connection.driver_connection), orm)
    finally:
        database.dispose()
