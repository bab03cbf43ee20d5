"""A real pgbouncer in front of the test server, for the length of a block."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from toolkit.connect import connect
from toolkit.errors import ConnectionRefused
from toolkit.server.ports import free_port

PGBOUNCER = Path("/usr/sbin/pgbouncer")
_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = {mode}
default_pool_size = {size}
server_round_robin = {round_robin}
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def pooler(url: str, *, mode: str, size: int = 4, round_robin: bool = False) -> Iterator[str]:
    """Yield the URL of a database through a pooler of one mode."""
    if not PGBOUNCER.is_file():
        pytest.skip("no pgbouncer on this machine: apt-get install pgbouncer")
    listen = free_port()
    with TemporaryDirectory() as folder:
        configuration = _write(Path(folder), url, listen, mode, size, int(round_robin))
        process = subprocess.Popen([PGBOUNCER, "-q", *_user(), configuration])
        through = make_conninfo(url, port=listen)
        try:
            _wait(through, process)
            yield through
        finally:
            process.terminate()
            process.wait()


def _write(folder: Path, url: str, listen: int, mode: str, size: int, round_robin: int) -> Path:
    parts = conninfo_to_dict(url)
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{parts["user"]}" "{parts["password"]}"\n', encoding="utf-8")
    configuration.write_text(
        _CONFIGURATION.format(
            host=parts["host"],
            port=parts["port"],
            listen=listen,
            users=users,
            mode=mode,
            size=size,
            round_robin=round_robin,
        ),
        encoding="utf-8",
    )
    folder.chmod(0o755)  # it refuses to run as root, and another user has to read this
    return configuration


def _user() -> list[str]:
    return ["-u", "nobody"] if os.geteuid() == 0 else []


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            connect(url).close()
        except (ConnectionRefused, psycopg.Error):
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer ended before it answered")
