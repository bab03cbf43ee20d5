"""How long do jobs hold their locks when there is much to do? No transaction may take a second.

    python -m benchmarks.studies.house_keeping 1000000 100000

Expires the first number of exports and pauses the second number of strategies. A watcher asks the
server every few milliseconds how old the job's transaction is. A machine with other work to do
stretches a few of them; half of them were shorter than the middle one, which it stretches less.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from toolkit.clones import Database, clone, migrated_template
from toolkit.connect import Connection, connect
from toolkit.cron import read_board, run_job
from toolkit.cron.running import find_job
from toolkit.prepare import prepare_server
from toolkit.server import Server, start
from toolkit.settings import read_settings

_POLL_S = 0.005
_USERS = 1000
_PEOPLE = """
    with person as (
        insert into auth.users (id)
        select gen_random_uuid() from generate_series(1, %s)
        returning id
    )
    insert into public.profiles (id, created_at, updated_at)
    select id, '2025-01-01', '2025-01-01' from person
"""
_EXPORTS = """
    insert into public.exports
        (user_id, status, path, byte_count, created_at, finished_at, expires_at)
    select profiles.id, 'completed', format('%%s/%%s.csv', profiles.id, n), 1,
        '2026-01-01', '2026-01-01', '2026-01-08'
    from public.profiles
    cross join generate_series(1, %s) as n
"""
_STRATEGIES = """
    insert into public.strategies
        (user_id, name, status, created_at, updated_at, last_activity_at)
    select profiles.id, 'idle', 'running', '2025-01-01', '2025-01-01', '2025-01-01'
    from public.profiles
    cross join generate_series(1, %s) as n
"""
_AGE = """
    select coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float
    from pg_catalog.pg_stat_activity
    where pid = %s
"""


@dataclass(slots=True)
class Watched:
    """What was seen of one job.

    Args:
        longest_s: the greatest age of a transaction of its.
        told_at: when it said how far it is, once a transaction.
    """

    longest_s: float = 0.0
    told_at: list[float] = field(default_factory=list)

    @property
    def middle_s(self) -> float:
        """How long the middle one of its transactions took."""
        return median(later - earlier for earlier, later in pairwise(self.told_at))


def main(exports: int, strategies: int) -> None:
    """Print a table of both jobs."""
    settings = read_settings()
    with start(settings) as server:
        prepare_server(server, settings.roles)
        with clone(server, migrated_template(server, settings.project_root)) as database:
            _fill(database, exports, strategies)
            print(f"PostgreSQL {server.version}, {server.kind}\n")
            print(
                "| job | did | took | transactions | middle | longest |\n|---|---|---|---|---|---|"
            )
            for job in ("internal.clean_up_exports", "internal.pause_inactive_strategies"):
                print(_measured(server, database, job), flush=True)


def _fill(database: Database, exports: int, strategies: int) -> None:
    with connect(database.admin_url) as admin:
        # What is being loaded is nobody's doing: neither recorded nor counted.
        admin.execute("set session_replication_role = replica")
        admin.execute(_PEOPLE, [_USERS])
        admin.execute(_EXPORTS, [exports // _USERS])
        admin.execute(_STRATEGIES, [strategies // _USERS])
        admin.execute("vacuum analyze")


def _measured(server: Server, database: Database, name: str) -> str:
    with connect(database.url) as worker, connect(server.admin_url("postgres")) as watcher:
        job = find_job(read_board(worker), name, None)
        began = time.monotonic()
        with _watching(watcher, worker) as watched:
            outcome = run_job(
                worker, job, progress=lambda _: watched.told_at.append(time.monotonic())
            )
        elapsed_s = time.monotonic() - began
    did = ", ".join(
        f"{value:,} {key[2:].replace('_', ' ')}"
        for row in outcome.returned
        for key, value in row.items()
        if value
    )
    return (
        f"| {name} | {did} | {elapsed_s:.0f} s | {len(watched.told_at):,} |"
        f" {watched.middle_s * 1000:.0f} ms | {watched.longest_s * 1000:.0f} ms |"
    )


@contextmanager
def _watching(watcher: Connection, worker: Connection) -> Iterator[Watched]:
    watched, ended = Watched(), threading.Event()

    def watch() -> None:
        while not ended.wait(_POLL_S):
            row = watcher.execute(_AGE, [worker.info.backend_pid]).fetchone()
            watched.longest_s = max(watched.longest_s, row[0] if row else 0.0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield watched
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
