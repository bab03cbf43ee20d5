"""Other people's sessions: who holds a lock, who waits, and how to end what is in the way."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.rows import class_row

from toolkit.connect import Connection

_LONGEST_QUERY = 120
_ACTIVITY = """
select
    pid,
    coalesce(usename::text, '') as role,
    coalesce(application_name, '') as application,
    coalesce(client_addr::text, 'a local socket') as client,
    coalesce(state, '') as state,
    extract(epoch from clock_timestamp() - coalesce(xact_start, backend_start))::float as age_s,
    coalesce(query, '') as query
from pg_catalog.pg_stat_activity
where pid = any(%s)
order by xact_start nulls last, pid
"""
_PREPARED = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One session of the server, as this role may see it.

    Args:
        pid: its process; 0 is a prepared transaction, which has none.
        role: who it is; empty when hidden.
        application: what it calls itself.
        client: where it comes from.
        state: what pg_stat_activity says, like `idle in transaction`; empty when hidden.
        age_s: how long its transaction lasts, or the session when it has none.
        query: its last statement.
    """

    pid: int
    role: str = ""
    application: str = ""
    client: str = ""
    state: str = ""
    age_s: float = 0.0
    query: str = ""

    def __str__(self) -> str:
        if self.pid == _PREPARED:
            return "a prepared transaction (look into pg_prepared_xacts)"
        known = [
            f"application {self.application}" if self.application else "",
            f"role {self.role}" if self.role else "",
            f"from {self.client}" if self.client else "",
            f"{self.state or 'state hidden from this role'} for {self.age_s:.0f} s",
        ]
        return f"pid {self.pid} ({', '.join(part for part in known if part)}): {self._query()}"

    @property
    def remedy(self) -> str:
        """The statement that ends what is in the way."""
        if self.pid == _PREPARED:
            return "rollback prepared '…';"
        if self.state == "active":
            return f"select pg_cancel_backend({self.pid});"
        return f"select pg_terminate_backend({self.pid});"

    def _query(self) -> str:
        words = " ".join(self.query.split())
        if not words:
            return "no statement"
        return words if len(words) <= _LONGEST_QUERY else words[:_LONGEST_QUERY] + "…"


def find_sessions(connection: Connection, pids: Iterable[int]) -> tuple[Session, ...]:
    """Describe sessions by process id, the oldest transaction first. One statement."""
    wanted = sorted(set(pids))
    if not wanted:
        return ()
    with connection.cursor(row_factory=class_row(Session)) as cursor:
        found = cursor.execute(_ACTIVITY, [wanted]).fetchall()
    prepared = (Session(_PREPARED),) if _PREPARED in wanted else ()
    return (*found, *prepared)
