"""The other side: alembic_utils compares the same functions, in a virtual environment of its own.

Called with a database URL and a number of functions; prints what it counted as JSON. Imports
nothing of the toolkit, only what the functions were made from, so both sides compare the same.
"""

import json
import sys
import time

import sqlalchemy
from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from alembic_utils.pg_function import PGFunction  # type: ignore[import-not-found]  # its own venv
from alembic_utils.replaceable_entity import (  # type: ignore[import-not-found]  # as above
    register_entities,
)
from functions import (  # type: ignore[import-not-found]  # run from its folder
    body,
    language,
    signature,
)


def main(url: str, count: int) -> None:
    """Compare functions that are there already, and print statements, seconds and operations."""
    register_entities([_entity(number) for number in range(count)], schemas=["crowd"])
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    statements = 0

    def counted(*_: object) -> None:
        nonlocal statements
        statements += 1

    sqlalchemy.event.listen(engine, "before_cursor_execute", counted)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_schemas": True})
        began = time.perf_counter()
        script = produce_migrations(context, sqlalchemy.MetaData())
        elapsed_s = time.perf_counter() - began
    assert script.upgrade_ops is not None
    json.dump(
        {
            "statements": statements,
            "elapsed_s": elapsed_s,
            "operations": len(script.upgrade_ops.ops),
        },
        sys.stdout,
    )


def _entity(number: int) -> object:
    return PGFunction(
        schema="crowd",
        signature=signature(number),
        definition=f"returns numeric language {language(number)} {body(number)}",
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
