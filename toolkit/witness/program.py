"""Running pg_dump: which one, and against what.

The program must be at least as new as the server; a newer one reads older servers.
"""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from toolkit.connect import describe
from toolkit.errors import ServerUnavailable, ToolkitError
from toolkit.server.binaries import Binaries, find_embedded, read_binaries

_DEBIAN = Path("/usr/lib/postgresql")
_LOCK_WAIT_MS = 5_000


class DumpFailed(ToolkitError):
    """pg_dump is not there, or it did not finish."""


def find_pg_dump(major: int, pg_bin: Path | None = None) -> Path:
    """Return the pg_dump to read a server with: of its own version, else the next newer one.

    Args:
        major: the server's major version.
        pg_bin: a folder to prefer; PG_BIN as settings read it.

    Raises:
        DumpFailed: every pg_dump on this machine is older than the server.
    """
    found = sorted(
        (binaries for binaries in _all_binaries(pg_bin) if binaries.major >= major),
        key=lambda binaries: binaries.major,
    )
    if found:
        return found[0].folder / "pg_dump"
    raise DumpFailed(
        f"no pg_dump for PostgreSQL {major}",
        detail="each one on this machine is older, and an older one refuses a newer server",
        hint=f"Install the client programs of PostgreSQL {major}, or set PG_BIN to their folder.",
    )


def run_pg_dump(program: Path, url: str) -> str:
    """Return the schema of a database as pg_dump prints it. 0.1 to 0.2 s, and share locks.

    Raises:
        DumpFailed: it could not read everything; it stops at the first thing it may not lock.
    """
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    # Never on the command line, where every user of the machine could read it.
    password = parts.pop("password", None)
    finished = subprocess.run(
        [
            str(program),
            "--schema-only",
            f"--lock-wait-timeout={_LOCK_WAIT_MS}",
            f"--dbname={make_conninfo('', **parts)}",
        ],
        env={**os.environ, **({"PGPASSWORD": password} if password else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise DumpFailed(
            f"pg_dump of {describe(url)} failed",
            detail=" ".join(finished.stderr.split()) or f"exit code {finished.returncode}",
            hint="Run it as a role that may read every schema, like a member of pg_read_all_data.",
        )
    return finished.stdout


def _all_binaries(pg_bin: Path | None) -> list[Binaries]:
    folders = [pg_bin] if pg_bin else sorted(_DEBIAN.glob("*/bin"))
    found = [read_binaries(folder) for folder in folders if (folder / "pg_dump").is_file()]
    try:
        found.append(find_embedded())
    except ServerUnavailable:
        return found
    return found
