"""What a running scratch server is: an address, two logins, and what it can do.

Values only; starting and stopping is the kinds' business.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from psycopg.conninfo import conninfo_to_dict

from toolkit.connect import connect

ADMIN, MIGRATOR = "supabase_admin", "migrator"
MAIN_DATABASE = "hephaitos"
PRISTINE_TEMPLATE = "supabase"

Progress = Callable[[str], None]


def silent(_step: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server was seen to do, never what its kind suggests.

    Args:
        pg_cron: version of the real extension in the main database, None when it is not there.
        extensions: names of the extensions that could be installed.
    """

    pg_cron: str | None
    extensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Server:
    """One running server.

    Args:
        kind: container, local or embedded.
        host: always a loopback address.
        port: where it listens.
        version: as the server prints it, like 17.6.
        admin_password: of the superuser.
        migrator_password: of the role that applies migrations.
        capabilities: what it can do.
    """

    kind: str
    host: str
    port: int
    version: str
    admin_password: str
    migrator_password: str
    capabilities: Capabilities

    @property
    def major(self) -> int:
        """The major version, like 17."""
        return int(self.version.split(".")[0])

    def url(self, database: str = MAIN_DATABASE) -> str:
        """Return the URL of a database as `migrator`."""
        return self._url(MIGRATOR, self.migrator_password, database)

    def admin_url(self, database: str = MAIN_DATABASE) -> str:
        """Return the URL of a database as the superuser."""
        return self._url(ADMIN, self.admin_password, database)

    def owns(self, url: str) -> bool:
        """Tell whether a URL leads to this server."""
        parts = conninfo_to_dict(url)
        return (parts.get("host"), str(parts.get("port"))) == (self.host, str(self.port))

    def to_json(self) -> str:
        """Write the server down, passwords and all; `from_json` reads it back."""
        return json.dumps(asdict(self), default=sorted)

    @classmethod
    def from_json(cls, text: str) -> "Server":
        """Read what `to_json` wrote."""
        document = json.loads(text)
        capabilities = document.pop("capabilities")
        return cls(
            **document,
            capabilities=Capabilities(
                pg_cron=capabilities["pg_cron"], extensions=frozenset(capabilities["extensions"])
            ),
        )

    def _url(self, user: str, password: str, database: str) -> str:
        return login_url(user, password, host=self.host, port=self.port, database=database)


def login_url(user: str, password: str, *, host: str, port: int, database: str) -> str:
    """Return a URL; names and passwords are our own and need no quoting."""
    return f"postgresql://{user}:{password}@{host}:{port}/{database}"


def probe(admin_url: str) -> tuple[str, Capabilities]:
    """Ask a server for its version and what it can do.

    Args:
        admin_url: the main database as superuser.

    Returns:
        The version as printed and the capabilities; one connection, three statements.
    """
    with connect(admin_url) as connection:
        version = connection.execute("show server_version").fetchone()
        installed = connection.execute(
            "select extversion from pg_catalog.pg_extension where extname = 'pg_cron'"
        ).fetchone()
        available = connection.execute(
            "select name from pg_catalog.pg_available_extensions"
        ).fetchall()
    assert version is not None  # SHOW always answers
    return version[0].split()[0], Capabilities(
        pg_cron=installed[0] if installed else None,
        extensions=frozenset(name for (name,) in available),
    )
