"""Crashes: a process of the server killed as the kernel would, after which it starts all anew."""

from contextlib import suppress

import psutil
import psycopg
import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import ConnectionRefused
from toolkit.server import Server


def kill(server: Server, pid: int) -> None:
    """Kill a process of the server; the postmaster ends every other and recovers from the WAL."""
    if server.kind != "container":
        psutil.Process(pid).kill()
        return
    # The one who asks for it goes down with the others, or sees its program go down first.
    with connect(server.admin_url("postgres")) as admin, suppress(psycopg.Error):
        shell(admin, f"kill -9 {pid}")


def checkpointer(database: Database) -> int | None:
    """Return the process that is replaced when the postmaster starts everything anew."""
    with connect(database.admin_url) as admin:
        row = admin.execute(
            "select pid from pg_stat_activity where backend_type = 'checkpointer'"
        ).fetchone()
    return row[0] if row else None


def wait_for_recovery(database: Database, before: int | None) -> None:
    """Wait until the server answers with another checkpointer than before."""
    for _ in range(10_000):
        try:
            if checkpointer(database) not in {before, None}:
                return
        except (ConnectionRefused, psycopg.OperationalError):
            continue
    pytest.fail("the server did not come back")


def shell(admin: Connection, script: str) -> None:
    """Run a script on the server's machine, as the user the server runs as."""
    line = script.strip().replace("'", "''")
    admin.execute(f"copy (select) to program '{line}'".encode())
