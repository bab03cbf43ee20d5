"""What every kind of scratch server is made from: the folder server/, two passwords, a regime."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.errors import ServerUnavailable


@dataclass(frozen=True, slots=True)
class Recipe:
    """The ingredients of one server.

    Args:
        folder: the project's server/, with Dockerfile, entrypoint and supabase/*.sql.
        default_privileges: which of Supabase's regimes; 2026 or legacy.
        lasting: True for a server that outlives the process that started it.
        on_disk: True keeps the data on disk; by default it is in memory, where a clone of a
            database is 10 to 20 times faster.
    """

    folder: Path
    default_privileges: str = "2026"
    lasting: bool = False
    on_disk: bool = False
    admin_password: str = field(default_factory=lambda: secrets.token_hex(16))
    migrator_password: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        if not (self.folder / "entrypoint").is_file():
            raise ServerUnavailable(
                f"no recipe for a scratch server in {self.folder}",
                detail="the folder holds no file named entrypoint",
                hint="Restore the folder server/ from git.",
            )

    @property
    def environment(self) -> Mapping[str, str]:
        """What the entrypoint reads, apart from addresses and paths."""
        return {
            "ADMIN_PASSWORD": self.admin_password,
            "MIGRATOR_PASSWORD": self.migrator_password,
            "DEFAULT_PRIVILEGES": self.default_privileges,
        }

    @property
    def fingerprint(self) -> str:
        """A hash of every file in the folder: the same recipe makes the same image. O(bytes)."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(self.folder)}\0{len(content)}\0".encode())
                digest.update(content)
        return digest.hexdigest()[:16]
