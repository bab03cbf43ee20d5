"""Crashes: a process of the server killed as the kernel would, after which it starts all anew."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import ConnectionRefused
from toolkit.server import Server

_PATIENCE_S = 120.0


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


@dataclass(slots=True)
class Postmaster:
    """The first process of a server on this machine, to be killed with all others and replaced.

    Args:
        data: the server's folder.
        command: what it was started with.
        environment: the same.
        user: as whom it runs.
        group: the same.
        successor: who took its place.
    """

    data: Path
    command: list[str]
    environment: dict[str, str]
    user: int
    group: int
    successor: "subprocess.Popen[bytes] | None" = None

    @classmethod
    @contextmanager
    def of(cls, server: Server) -> Iterator["Postmaster"]:
        """Find a server's; whoever took its place is stopped at the end of the block."""
        with connect(server.admin_url("postgres")) as admin:
            row = admin.execute("show data_directory").fetchone()
        assert row is not None  # every server has one
        data = Path(row[0])
        first = _postmaster_of(data)
        found = cls(
            data,
            [first.exe(), *first.cmdline()[1:]],
            first.environ(),
            first.uids().real,
            first.gids().real,
        )
        try:
            yield found
        finally:
            if found.successor is not None:
                found.successor.send_signal(signal.SIGINT)
                found.successor.wait()

    def kill(self) -> None:
        """Kill it and every process below it: nobody is left who would end them or recover."""
        first = _postmaster_of(self.data)
        victims = [first, *first.children(recursive=True)]
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        psutil.wait_procs(victims)
        if self.successor is not None:
            self.successor.wait()

    def start_again(self) -> None:
        """Start another one on the data that the last one left."""
        with (self.data.parent / "log").open("ab") as log:
            self.successor = subprocess.Popen(
                self.command,
                cwd="/",
                env=self.environment,
                user=self.user,
                group=self.group,
                extra_groups=[] if os.geteuid() == 0 else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def wait_until_up(database: Database) -> None:
    """Wait until a server that was started answers."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(ConnectionRefused, psycopg.OperationalError), connect(database.admin_url):
            return
        time.sleep(0.01)
    pytest.fail("the server did not start again")


def wait_for_recovery(database: Database, before: int | None) -> None:
    """Wait until the server answers with another checkpointer than before."""
    for _ in range(10_000):
        try:
            if checkpointer(database) not in {before, None}:
                return
        except (ConnectionRefused, psycopg.OperationalError):
            continue
    pytest.fail("the server did not come back")


def _postmaster_of(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))


def shell(admin: Connection, script: str) -> None:
    """Run a script on the server's machine, as the user the server runs as."""
    line = script.strip().replace("'", "''")
    admin.execute(f"copy (select) to program '{line}'".encode())
