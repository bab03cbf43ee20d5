"""Another plan for the same query: an answer must not depend on how Postgres found it.

An order that is not asked for is often there all the same, as long as an index happens to be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from toolkit.connect import Connection

# Tables are read as they lie, then sorted and merged. What is planned for good is planned anew.
_OTHERWISE = """
    select pg_catalog.set_config(setting.name, setting.value, true)
    from (
        values
        ('plan_cache_mode', 'force_custom_plan'),
        ('enable_indexscan', 'off'),
        ('enable_indexonlyscan', 'off'),
        ('enable_bitmapscan', 'off'),
        ('enable_nestloop', 'off'),
        ('enable_hashjoin', 'off'),
        ('jit', 'off')
    ) as setting (name, value)
"""


@contextmanager
def planned_otherwise(connection: Connection) -> Iterator[None]:
    """Have everything planned without index, hash and nested loop; nothing written stays.

    Args:
        connection: in or outside a transaction.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(_OTHERWISE)
        yield
